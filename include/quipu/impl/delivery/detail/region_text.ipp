// SPDX-License-Identifier: BSL-1.0
//
// region_text.ipp: see delivery/detail/region_text.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../core/bytes.hpp"
#include "../../../delivery/detail/region_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void append_escaped(std::string& to, std::string_view name, bool (*plain)(char) noexcept) {
  for (const char character : name) {
    const auto value = static_cast<unsigned char>(character);
    if (plain(character))
      to.push_back(character);
    else
      to.append(1, '%').append(1, hex_digits[value >> 4]).append(1, hex_digits[value & 15]);
  }
}

QUIPU_DECL std::optional<std::string> unescaped(std::string_view text) {
  std::string name;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%') {
      if (!is_plain(text[index])) return std::nullopt;
      name.push_back(text[index]);
      continue;
    }
    const int high = index + 2 < text.size() ? hex_value(text[index + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(text[index + 2]);
    if (low < 0) return std::nullopt;
    const auto character = static_cast<char>(high << 4 | low);
    if (is_plain(character)) return std::nullopt;
    name.push_back(character);
    index += 2;
  }
  return name;
}

QUIPU_DECL std::string region_text(const region& wanted) {
  using match = typename region::match;
  if (wanted.selects_nothing()) return "nothing";
  std::string text;
  for (const region& each : wanted.alternatives()) text.append(text.empty() ? "" : " | ").append(region_text(each));
  if (!text.empty()) return text;
  const auto name = [&text](std::string_view what, std::string_view value) {
    text.append(text.empty() ? "" : " ").append(what);
    append_escaped(text, value,
                   [](char character) noexcept { return character > ' ' && character < '\x7f' && character != '%'; });
  };
  if (wanted.entity_match() == match::exact) name("entity=", wanted.entity_text());
  if (wanted.entity_match() == match::prefix && !wanted.entity_text().empty())
    name("entity_prefix=", wanted.entity_text());
  if (wanted.scope_name()) name("scope=", *wanted.scope_name());
  for (const std::string& tag : wanted.tags()) name("tag=", tag);
  if (wanted.kinds()) {
    name("kinds=", "");
    for (std::size_t index = 0; index < wanted.kinds()->size(); ++index)
      text.append(index == 0 ? "" : ",").append((*wanted.kinds())[index].str());
  }
  if (wanted.category()) name("category=", std::to_string(*wanted.category()));
  const auto range = [&name](std::string_view what, std::uint64_t first, std::uint64_t last) {
    if (first != 0 || last != UINT64_MAX) name(what, std::to_string(first) + ".." + std::to_string(last));
  };
  range("sequence=", wanted.first_entity_sequence(), wanted.last_entity_sequence());
  range("store_sequence=", wanted.first_sequence(), wanted.last_sequence());
  return text.empty() ? "all" : text;
}

}  // namespace quipu::detail::inline QUIPU_MODE
