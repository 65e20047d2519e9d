// SPDX-License-Identifier: BSL-1.0
//
// exchange.cpp: `quipu export` and `quipu import`: events as JSON lines, to be read by other programs and appended to
// other stores. A line is what `quipu cat --json` prints, and what an import needs beyond it: the payload's bytes, the
// schema, and what only few events have.
#include "commands.hpp"
#include "event_copier.hpp"
#include "event_text.hpp"
#include "selection.hpp"
#include "target.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <map>

namespace quipu::tool {
namespace {

using schema_map = std::map<event_kind, std::vector<schema_info>>;

std::string export_line(context& of, const event_view& event, const schema_map& schemas) {
  json_object more;
  more.add("flags", static_cast<std::uint16_t>(event.header().flags));
  if (const auto key = event.idempotency_key()) more.add("idempotency_key", key->str());
  if (const dag_position at = event.header().position; at.depth != 0 || at.lane != 0)
    more.add("depth", at.depth).add("lane", at.lane);
  if (const auto known = schemas.find(event.kind()); known != schemas.end())
    for (const schema_info& each : known->second)
      if (each.version == event.schema_version()) more.add("schema", each.text);
  more.add("raw", quipu::detail::to_hex(event.payload()));
  std::string line = event_json(of, event);
  line.back() = ',';
  return line + more.str().substr(1);
}

/// The members of an exported event, with what is wrong with them.
class line_reader {
 public:
  line_reader(std::string_view line, std::uint64_t number) : parts_{parts_of(line)}, number_{number} {
    if (parts_.empty())
      throw command_failure{exit_code::unusable, fmt::format("line {}: no whole JSON object; is the rest of the line "
                                                             "missing, or is it no line of `quipu export`?",
                                                             number)};
  }

  [[nodiscard]] copied_event read() const {
    copied_event event{.id = id("id"), .correlation_id = id("correlation_id")};
    if (has("causation_id")) event.causation_id = id("causation_id");
    if (has("idempotency_key")) event.idempotency_key = id("idempotency_key");
    event.timestamp_us = number<std::int64_t>("timestamp_us");
    if (has("given_us")) event.given_us = number<std::int64_t>("given_us");
    event.entity = text("entity");
    event.scope = text("scope");
    event.kind = kind();
    event.version = number<std::uint16_t>("version");
    event.schema = has("schema") ? text("schema") : std::string{};
    event.type_name = has("type") ? text("type") : std::string{};
    if (has("type") && !quipu::detail::is_event_name(event.type_name)) fail("type");
    event.flags = static_cast<event_flags>(number<std::uint16_t>("flags"));
    if (has("depth")) event.depth = number<std::uint32_t>("depth");
    if (has("lane")) event.lane = number<std::uint32_t>("lane");
    event.bypass_reason = has("bypass_reason") ? text("bypass_reason") : std::string{};
    for (const json_part& each : parts_of(value("metadata")))
      event.metadata.emplace(unescaped(each.name), unescaped(each.value));
    for (const json_part& each : parts_of(value("tags"))) event.tags.push_back(unescaped(each.value));
    event.payload = raw();
    if (!event.schema.empty()) require_shape(event);
    return event;
  }

 private:
  /// No reader could decode a payload that isn't of its schema.
  void require_shape(const copied_event& event) const {
    try {
      static_cast<void>(schema_to_json(event.schema, event.payload));
    } catch (const error& refused) {
      throw command_failure{exit_code::unusable, fmt::format("line {}: {}", number_, text_of(refused))};
    }
  }
  [[noreturn]] void fail(std::string_view name) const {
    throw command_failure{exit_code::unusable,
                          fmt::format("line {}: no usable {}; is it a line of `quipu export`?", number_, name)};
  }
  [[nodiscard]] std::string_view value(std::string_view name) const { return part_named(parts_, json_string(name)); }
  [[nodiscard]] bool has(std::string_view name) const { return !value(name).empty(); }
  [[nodiscard]] std::string text(std::string_view name) const {
    if (!value(name).starts_with('"')) fail(name);
    return unescaped(value(name));
  }
  [[nodiscard]] std::string unescaped(std::string_view json) const {
    try {
      return json_text(json);
    } catch (const json_error& wrong) {
      throw command_failure{exit_code::unusable, fmt::format("line {}: {}", number_, wrong.what())};
    }
  }
  [[nodiscard]] event_id id(std::string_view name) const {
    const auto parsed = event_id::parse(text(name));
    if (!parsed) fail(name);
    return *parsed;
  }
  template <class Number>
  [[nodiscard]] Number number(std::string_view name) const {
    const std::string_view digits = value(name);
    Number found{};
    const auto [stop, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), found);
    if (problem != std::errc{} || stop != digits.data() + digits.size()) fail(name);
    return found;
  }
  /// A kind that a log may have. Of the kinds of the library, those are a denial's and an erased event's.
  [[nodiscard]] event_kind kind() const {
    const std::string hex = text("kind");
    std::uint16_t raw = 0;
    if (!hex.starts_with("0x")) fail("kind");
    const auto [stop, problem] = std::from_chars(hex.data() + 2, hex.data() + hex.size(), raw, 16);
    if (problem != std::errc{} || stop != hex.data() + hex.size()) fail("kind");
    const event_kind found = event_kind::from_raw(raw);
    if (found.is_reserved() && found != event_kind::effect_denial && found != event_kind::tombstone)
      throw command_failure{exit_code::unusable,
                            fmt::format("line {}: the kind {} is reserved for the library", number_, found.str())};
    return found;
  }
  [[nodiscard]] bytes raw() const {
    const std::string hex = text("raw");
    bytes found;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
      unsigned byte = 0;
      const auto [stop, problem] = std::from_chars(hex.data() + at, hex.data() + at + 2, byte, 16);
      if (problem != std::errc{} || stop != hex.data() + at + 2) fail("raw");
      found.push_back(static_cast<std::byte>(byte));
    }
    if (hex.size() % 2 != 0) fail("raw");
    return found;
  }

  std::vector<json_part> parts_;
  std::uint64_t number_;
};

void read_lines(std::istream& from, event_copier& to) {
  std::string line;
  for (std::uint64_t number = 1; std::getline(from, line); ++number) {
    if (line.empty()) continue;
    if (const auto refused = to.try_append(line_reader{line, number}.read()))
      throw command_failure{exit_code::unusable, fmt::format("line {}: {}", number, text_of(*refused))};
  }
  if (from.bad()) throw command_failure{exit_code::unusable, "reading the events failed"};
}

}  // namespace

exit_code export_events(context& of, const export_options& options) {
  source from{of, options.store};
  schema_map schemas;
  for (const event_kind kind : from.store().kinds()) schemas[kind] = from.store().schemas_of(kind);
  output_file to{of.out, options.file, options.store};
  std::uint64_t count = 0;
  const std::uint64_t end = from.store().end_sequence();
  from.walk(region_of(of, from, options.selected), [&](const event_view& event) {
    to.line(export_line(of, event, schemas));
    ++count;
    if (!to.is_standard_output()) of.out.show_progress("exporting", event.sequence(), end);
    return true;
  });
  to.finish();
  if (count == 0) tell_nothing_selected(of, from, options.selected);
  if (to.is_standard_output()) return of.code();
  of.answer(of.code(), json_object{}.add("file", options.file).add("events", count).str());
  if (!of.options.json) of.out.line(fmt::format("wrote {} to {}", counted(count, "event"), printable(options.file)));
  return of.code();
}

exit_code import_events(context& of, const copy_options& options) {
  std::ifstream file;
  if (options.from != "-") file = open_to_read("", options.from);
  new_store_directory made{options.to};
  config target{.directory = options.to};
  target.chain_key = of.chain_key();
  event_copier to{target};
  try {
    read_lines(options.from == "-" ? std::cin : file, to);
  } catch (...) {
    if (to.is_empty()) made.remove_store();  // while `to` has the store's lock, so that nobody else's is removed
    throw;
  }
  to.close();
  of.answer(of.code(), json_object{}
                           .add("to", options.to)
                           .add("events", to.appended())
                           .add("repeated", to.repeated())
                           .add("left_out", to.left_out())
                           .str());
  if (of.options.json) return of.code();
  of.out.line(fmt::format("appended {} to {}; {} there already", counted(to.appended(), "event"), printable(options.to),
                          to.repeated() == 1 ? "1 was" : grouped(to.repeated()) + " were"));
  if (to.left_out() != 0) of.out.line(fmt::format("left out {}", counted(to.left_out(), "erased event")));
  return of.code();
}

}  // namespace quipu::tool
