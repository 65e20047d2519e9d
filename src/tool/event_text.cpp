// SPDX-License-Identifier: BSL-1.0
//
// event_text.cpp: see event_text.hpp.
#include "event_text.hpp"

#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

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
    of.diagnose(fmt::format("the payload of event {} is not of its schema", event.sequence()));
    return bytes_json(event);
  }
}

std::string payload_text(context& of, const event_view& event) {
  const std::string json = event_json(of, event);
  // Inside of a JSON string a quote has a backslash, so this is the member's name. It is the last member.
  static constexpr std::string_view payload = ",\"payload\":";
  if (const std::size_t at = json.find(payload); at != std::string::npos)
    return printable(std::string_view{json}.substr(at + payload.size(), json.size() - at - payload.size() - 1));
  if (const auto was = event.erased())
    return fmt::format("erased: was {} v{}, {} B", of.name_of(was->kind), was->version, was->payload_size);
  static constexpr std::string_view bytes = ",\"bytes\":\"";
  const std::size_t at = json.find(bytes);
  return "0x" + json.substr(at + bytes.size(), json.size() - at - bytes.size() - 2);
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
