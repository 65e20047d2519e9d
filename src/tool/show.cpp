// SPDX-License-Identifier: BSL-1.0
//
// show.cpp: `quipu show`: all that is known of one event.
#include "commands.hpp"
#include "event_text.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::tool {
namespace {

constexpr std::size_t label_columns = 14;

std::string flags_text(event_flags flags) {
  std::string text;
  const auto add = [&](event_flags flag, const char* name) {
    if (has_flag(flags, flag)) text += (text.empty() ? "" : " ") + std::string{name};
  };
  add(event_flags::requires_ack, "requires_ack");
  add(event_flags::transactional, "transactional");
  add(event_flags::replay, "replay");
  return text;
}

std::string json_of(context& of, source& from, const event_view& event) {
  const event_header about = event.header();
  json_array causes;
  for (const event_view& each : from.store().causes(event.id())) causes.add(std::to_string(each.sequence()));
  json_array effects;
  for (const event_view& each : from.store().effects(event.id())) effects.add(std::to_string(each.sequence()));
  json_object data;
  data.add_json("event", event_json(of, event))
      .add("name", of.name_of(event.kind()))
      .add("flags", static_cast<std::uint16_t>(about.flags))
      .add("payload_bytes", about.payload_size)
      .add_json("causes", causes.str())
      .add_json("effects", effects.str())
      .add("conversation", from.store().correlated(event.id()).size());
  if (const auto key = event.idempotency_key()) data.add("idempotency_key", key->str());
  return data.str();
}

}  // namespace

exit_code show(context& of, const std::string& store, const std::string& which) {
  source from{of, store};
  const event_view event = from.find(which);
  if (of.options.json) {
    const std::string data = json_of(of, from, event);
    of.answer(of.code(), data);
    return of.code();
  }
  const event_header about = event.header();
  const auto tell = [&](const char* label, const std::string& text) {
    if (!text.empty()) of.out.line(of.out.styled(style::faint, padded(label, label_columns)) + text);
  };
  of.out.line(of.out.styled(style::strong, fmt::format("event {}", event.sequence())));
  tell("kind", fmt::format("{}{}", of.name_of(event.kind()),
                           of.name_of(event.kind()) == event.kind().str() ? "" : " (" + event.kind().str() + ")") +
                   (about.schema_version == 0 ? ", raw bytes" : fmt::format(", version {}", about.schema_version)));
  tell("type", printable(event.type_name()));
  tell("entity", fmt::format("{}, its event {}", printable(event.entity()), event.entity_sequence()));
  tell("scope", printable(event.scope()));
  tell("time", time_text(event.timestamp_us(), time_form::date_time) + " UTC");
  if (about.given_us) tell("given time", time_text(*about.given_us, time_form::date_time) + " UTC");
  tell("id", about.id.str());
  tell("flags", flags_text(about.flags));
  if (const auto key = event.idempotency_key()) tell("key", key->str());
  tell("tags", tags_text(event));
  tell("bypassed", printable(event.bypass_reason()));
  for (const auto& [key, value] : event.metadata()) tell("metadata", printable(key) + " = " + printable(value));
  for (const event_view& each : from.store().causes(event.id())) tell("cause", event_line(of, each));
  for (const event_view& each : from.store().effects(event.id())) tell("effect", event_line(of, each));
  if (about.correlation_id != about.id) tell("conversation", about.correlation_id.str());
  if (!event.hash().is_zero()) tell("hash", event.hash().str());
  tell("payload", size_text(about.payload_size));
  const std::size_t columns = std::min<std::size_t>(of.out.width(), 100);
  of.out.line(event.erased() ? payload_text(of, event) : indented(payload_text(of, event), columns));
  return of.code();
}

}  // namespace quipu::tool
