// SPDX-License-Identifier: BSL-1.0
//
// event_kind.ipp: see core/event_kind.hpp.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace quipu {

QUIPU_DECL std::string event_kind::str() const {
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) {
    const char digit = detail::hex_digits[static_cast<std::size_t>(raw_ >> shift) & 15];
    text.push_back(digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit);
  }
  return text;
}

}  // namespace quipu
