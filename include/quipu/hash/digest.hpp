// SPDX-License-Identifier: BSL-1.0
//
// digest.hpp: the 32 bytes that a hash function returns, as a value that can be compared, ordered and printed.
#pragma once

#include "../core/bytes.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace quipu {

/// A 32-byte hash. All zero by default, which stands for "no hash".
class digest {
 public:
  static constexpr std::size_t size = 32;

  constexpr digest() noexcept = default;
  constexpr explicit digest(const std::array<std::byte, size>& raw) noexcept : raw_{raw} {}

  /// Reads 64 hexadecimal digits, either case; nothing for any other text.
  [[nodiscard]] static constexpr std::optional<digest> parse(std::string_view text) noexcept {
    if (text.size() != 2 * size) return std::nullopt;
    digest parsed;
    for (std::size_t index = 0; index < size; ++index) {
      const int high = detail::hex_value(text[2 * index]);
      const int low = detail::hex_value(text[2 * index + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      parsed.raw_[index] = static_cast<std::byte>(high * 16 + low);
    }
    return parsed;
  }

  [[nodiscard]] constexpr const std::array<std::byte, size>& bytes() const noexcept { return raw_; }

  [[nodiscard]] constexpr bool is_zero() const noexcept {
    for (const std::byte value : raw_)
      if (value != std::byte{0}) return false;
    return true;
  }

  /// 64 lower-case hexadecimal digits, first byte first.
  [[nodiscard]] std::string str() const { return detail::to_hex(bytes_view{raw_.data(), size}); }

  /// Byte by byte from the first, as `memcmp` orders; not in constant time.
  friend constexpr bool operator==(const digest& left, const digest& right) noexcept { return (left <=> right) == 0; }
  friend constexpr std::strong_ordering operator<=>(const digest& left, const digest& right) noexcept {
    if (!std::is_constant_evaluated()) return std::memcmp(left.raw_.data(), right.raw_.data(), size) <=> 0;
    for (std::size_t index = 0; index < size; ++index)
      if (left.raw_[index] != right.raw_[index]) return left.raw_[index] <=> right.raw_[index];
    return std::strong_ordering::equal;
  }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const digest& value) {
    return out << value.str();
  }

 private:
  std::array<std::byte, size> raw_{};
};

}  // namespace quipu
