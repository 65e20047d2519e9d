// SPDX-License-Identifier: BSL-1.0
//
// event_text.cpp: see event_text.hpp.
#include "event_text.hpp"

#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

void tell_odd_payload(context& of, const event_view& event) {
  of.diagnose(fmt::format("the payload of event {} is not of its schema", event.sequence()));
}

std::string bytes_json(const event_view& event) {
  const event_header about = event.header();
  return json_object{}
      .add("sequence", event.sequence())
      .add("entity", event.entity())
      .add("scope", event.scope())
      .add("entity_sequence", event.entity_sequence())
      .add("id", about.id.str())
      .add("correlation_id", about.correlation_id.str())
      .add("timestamp_us", about.timestamp_us)
      .add("kind", about.kind.str())
      .add("version", about.schema_version)
      .add("bytes", quipu::detail::to_hex(event.payload()))
      .str();
}

}  // namespace

std::string event_json(context& of, const event_view& event) {
  try {
    return event.to_json();
  } catch (const error& failure) {
    if (failure.code() != errc::decode_failed) throw;
    tell_odd_payload(of, event);
    return bytes_json(event);
  }
}

std::string payload_text(context& of, const event_view& event) {
  if (const auto was = event.erased())
    return fmt::format("erased: was {} v{}, {} B", of.name_of(was->kind), was->version, was->payload_size);
  try {
    if (const std::string schema = event.schema(); !schema.empty())
      return printable(schema_to_json(schema, event.payload()));
  } catch (const error& failure) {
    if (failure.code() != errc::decode_failed) throw;
    tell_odd_payload(of, event);
  }
  return "0x" + quipu::detail::to_hex(event.payload());
}

std::string tags_text(const event_view& event) {
  std::string text;
  for (const std::string_view tag : event.tags()) text.append(text.empty() ? "" : ", ").append(printable(tag));
  return text;
}

std::string event_line(context& of, const event_view& event) {
  return fmt::format("#{} {} {} {}", event.sequence(), printable(event.entity()), of.name_of(event.kind()),
                     payload_text(of, event));
}

}  // namespace quipu::tool
