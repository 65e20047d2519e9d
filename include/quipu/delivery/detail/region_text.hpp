// SPDX-License-Identifier: BSL-1.0
//
// region_text.hpp: file-safe escaping of names, and regions as one line of text. Equal regions have equal text on every
// platform, so the text can be stored and compared.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/bytes.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Returns true for characters that are not escaped: those allowed in file names on every system and without case.
[[nodiscard]] constexpr bool is_plain(char character) noexcept {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-' ||
         character == '_';
}

/// Appends `name` to `to`; bytes for which `plain` is false become `%` and two hexadecimal digits.
void append_escaped(std::string& to, std::string_view name, bool (*plain)(char) noexcept);
/// Returns the name whose escaped form, with `is_plain`, is `text`; nothing if there is none.
[[nodiscard]] std::optional<std::string> unescaped(std::string_view text);

/// Returns `all`, `nothing`, or the clauses of the region in this order:
/// `entity=account:1 scope=a kinds=0xF001,0xF002 category=15 sequence=0..9 store_sequence=0..99`.
/// `sequence` is the range of entity sequences. Checkpoints and the names of reactors contain this text, so the clauses
/// cannot be renamed.
[[nodiscard]] std::string region_text(const region& wanted);

}  // namespace quipu::detail::inline QUIPU_MODE
