// SPDX-License-Identifier: BSL-1.0
//
// context.cpp: see context.hpp.
#include "context.hpp"

#include "target.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

namespace quipu::tool {
namespace {

std::optional<event_kind> parse_kind(std::string_view text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  std::uint16_t raw = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), raw, is_hex ? 16 : 10);
  if (text.empty() || problem != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return event_kind::from_raw(raw);
}

std::string_view status_of(exit_code code) {
  if (code == exit_code::fine) return "ok";
  return code == exit_code::unusable ? "error" : "fail";
}

}  // namespace

void context::diagnose(const std::string& problem) {
  diagnostics_.push_back(problem);
  out.complain(problem);
}

void context::answer(exit_code code, std::string_view data) {
  if (!options.json) return;
  json_array told;
  for (const std::string& each : diagnostics_) told.add_text(each);
  out.line(json_object{}
               .add("version", 1)
               .add("command", command)
               .add("status", status_of(code))
               .add_json("data", data)
               .add_json("diagnostics", told.str())
               .str());
}

std::string context::name_of(event_kind kind) const {
  for (const event_name& each : names_)
    if (each.kind == kind) return each.name;
  for (const event_name& each : types.events)
    if (each.kind == kind) return each.name;
  return kind == event_kind::tombstone ? "(erased)" : kind.str();
}

std::optional<event_kind> context::find_kind(const std::string& text) const {
  for (const auto* list : {&names_, &types.events})
    for (const event_name& each : *list)
      if (each.name == text) return each.kind;
  return parse_kind(text);
}

void context::take_names() {
  for (const std::string& each : options.names) {
    const std::size_t equals = each.find('=');
    const auto kind = parse_kind(std::string_view{each}.substr(0, equals));
    if (equals == std::string::npos || equals + 1 == each.size() || !kind)
      throw command_failure{exit_code::unusable, fmt::format("--name {}: must be like 0xF001=paid", each)};
    names_.push_back({*kind, each.substr(equals + 1)});
  }
}

std::optional<digest> context::chain_key() const {
  if (options.key_file.empty()) return std::nullopt;
  static constexpr std::size_t most_bytes = 4096;  // a key, and room to see that something else is none
  std::string content = read_small_file("--key-file: ", options.key_file, most_bytes);
  if (content.size() == digest::size) {
    std::array<std::byte, digest::size> raw{};
    std::memcpy(raw.data(), content.data(), raw.size());
    return digest{raw};
  }
  content.erase(content.find_last_not_of(" \t\r\n") + 1);
  if (const auto key = digest::parse(content)) return key;
  throw command_failure{exit_code::unusable,
                        fmt::format("--key-file {}: a key is 32 bytes, or 64 hexadecimal digits", options.key_file)};
}

std::string text_of(const error& failure) {
  std::string_view text = failure.what();
  static constexpr std::string_view name = "quipu: ";
  if (text.starts_with(name)) text.remove_prefix(name.size());
  return std::string{text};
}

config reading_settings(const context& of, const std::string& directory) {
  config settings{.directory = directory};
  settings.create_if_missing = false;
  settings.segment_max_bytes = std::uint64_t{4} << 30;  // the largest there is: the writer's limit is not known
  settings.chain_key = of.chain_key();
  return settings;
}

}  // namespace quipu::tool
