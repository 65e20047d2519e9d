// SPDX-License-Identifier: BSL-1.0
//
// bytes.hpp: byte strings. `bytes` owns its contents. `bytes_view` refers to the contents of another object, which must
// outlive the view.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace quipu {

/// An owning byte string.
using bytes = std::vector<std::byte>;

namespace detail {

template <class Char>
concept byte_like = std::is_same_v<Char, std::byte> || std::is_same_v<Char, char> ||
    std::is_same_v<Char, unsigned char> || std::is_same_v<Char, signed char> || std::is_same_v<Char, char8_t>;

/// Anything with `data()` and `size()` over one-byte elements: std::string, std::string_view, std::span, std::vector,
/// std::array.
template <class Range>
concept byte_range = requires(const Range& range) {
  requires byte_like<std::remove_cv_t<std::remove_pointer_t<decltype(range.data())>>>;
  { range.size() } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// A non-owning, read-only byte string. Converts implicitly from any contiguous range of one-byte elements. A string
/// literal or `const char*` ends at its first NUL; use `std::string_view` for embedded NULs.
class bytes_view {
 public:
  constexpr bytes_view() noexcept = default;
  constexpr bytes_view(const std::byte* data, std::size_t size) noexcept : data_{data}, size_{size} {}
  bytes_view(const char* text) noexcept : bytes_view{std::string_view{text}} {}

  template <detail::byte_range Range>
  requires(!std::is_same_v<Range, bytes_view>) bytes_view(const Range& range)
  noexcept : data_{reinterpret_cast<const std::byte*>(range.data())}, size_{range.size()} {}

  [[nodiscard]] constexpr const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] constexpr const std::byte* begin() const noexcept { return data_; }
  [[nodiscard]] constexpr const std::byte* end() const noexcept { return data_ + size_; }
  [[nodiscard]] constexpr std::byte operator[](std::size_t index) const noexcept { return data_[index]; }

  /// Returns at most `count` bytes from `offset` on; an empty view if `offset` is after the end.
  [[nodiscard]] constexpr bytes_view subview(std::size_t offset,
                                             std::size_t count = static_cast<std::size_t>(-1)) const noexcept {
    if (offset > size_) return {};
    const std::size_t rest = size_ - offset;
    return {data_ + offset, count < rest ? count : rest};
  }

  /// Returns the same bytes as text, without validation or conversion.
  [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }
  /// Returns an owning copy.
  [[nodiscard]] bytes copy() const { return bytes(begin(), end()); }

  friend bool operator==(bytes_view left, bytes_view right) noexcept {
    return left.size_ == right.size_ && (left.size_ == 0 || std::memcmp(left.data_, right.data_, left.size_) == 0);
  }

 private:
  const std::byte* data_{};
  std::size_t size_{};
};

namespace detail {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Returns lower-case hexadecimal text, two digits per byte, first byte first.
[[nodiscard]] std::string to_hex(bytes_view data);

/// Returns the value of a hexadecimal digit, or -1 for other characters.
[[nodiscard]] constexpr int hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace detail
}  // namespace quipu
