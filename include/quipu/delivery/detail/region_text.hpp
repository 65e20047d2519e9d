// SPDX-License-Identifier: BSL-1.0
//
// region_text.hpp: names as plain text, and regions as one line of it. Equal regions have the same text on every
// platform, so that it can be stored, compared and read by people.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/bytes.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Whether a character stands for itself: what is a part of a file's name on every system, and the same in either case.
[[nodiscard]] constexpr bool is_plain(char character) noexcept {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-' ||
         character == '_';
}

/// All other bytes as `%` and two hexadecimal digits.
void append_escaped(std::string& to, std::string_view name, bool (*plain)(char) noexcept);
/// What was escaped so; nothing for a text that no name is escaped to.
[[nodiscard]] std::optional<std::string> unescaped(std::string_view text);

/// `all`, `nothing`, or the clauses of the region in this order:
/// `entity=account:1 scope=a kinds=0xF001,0xF002 category=15 sequence=0..9 store_sequence=0..99`.
/// `sequence` is the range of entity sequences. Checkpoints and the names of reactors contain this text, so that it
/// can't be renamed.
[[nodiscard]] std::string region_text(const region& wanted);

}  // namespace quipu::detail::inline QUIPU_MODE
