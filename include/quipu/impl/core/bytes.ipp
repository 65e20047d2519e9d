// SPDX-License-Identifier: BSL-1.0
//
// bytes.ipp: see core/bytes.hpp.
#pragma once

#include "../../core/bytes.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quipu::detail {

QUIPU_DECL std::string to_hex(bytes_view data) {
  std::string text;
  text.reserve(data.size() * 2);
  for (const std::byte value : data) {
    text.push_back(hex_digits[std::to_integer<std::size_t>(value) >> 4]);
    text.push_back(hex_digits[std::to_integer<std::size_t>(value) & 15]);
  }
  return text;
}

}  // namespace quipu::detail
