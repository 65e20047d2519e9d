// SPDX-License-Identifier: BSL-1.0
//
// error.ipp: see core/error.hpp.
#pragma once

#include "../../core/error.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace quipu {

namespace detail {

/// Names in a message may hold anything. What would begin another line of a log file, or steer a terminal, is written
/// as \xNN.
[[nodiscard]] QUIPU_DECL std::string one_line(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string line;
  line.reserve(text.size());
  for (const char each : text) {
    const auto number = static_cast<unsigned char>(each);
    if (number >= 0x20 && number != 0x7f)
      line += each;
    else
      line.append("\\x").append({digits[number / 16], digits[number % 16]});
  }
  return line;
}

}  // namespace detail

QUIPU_DECL error::error(errc code, const std::string& message, details about)
    : std::runtime_error{compose(code, message, about)}, code_{code}, details_{std::move(about)} {}

QUIPU_DECL std::string error::compose(errc code, const std::string& message, const details& about) {
  std::string text = "quipu: ";
  text.append(name_of(code)).append(": ").append(message);
  if (!about.path.empty()) text.append(" [path ").append(about.path).append("]");
  if (about.offset) text.append(" [offset ").append(std::to_string(*about.offset)).append("]");
  if (about.expected) text.append(" [expected ").append(std::to_string(*about.expected)).append("]");
  if (about.actual) text.append(" [actual ").append(std::to_string(*about.actual)).append("]");
  return detail::one_line(text);
}

}  // namespace quipu
