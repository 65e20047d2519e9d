// SPDX-License-Identifier: BSL-1.0
//
// byte_io.hpp: little-endian encoding. `byte_writer` appends values to a buffer; `byte_reader` reads values from a view
// and never reads past its end. Neither class is thread-safe.
#pragma once

#include "bytes.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace quipu {
namespace detail {

inline constexpr bool host_is_little_endian = std::endian::native == std::endian::little;
static_assert(host_is_little_endian || std::endian::native == std::endian::big,
              "quipu needs a little- or big-endian platform");

template <class T>
concept scalar_bits = (std::is_integral_v<T> || std::is_floating_point_v<T> ||
                       std::is_enum_v<T>)&&!std::is_same_v<T, bool>;

/// The number whose bytes in memory are those of `value`, most significant first; and back.
[[nodiscard]] constexpr std::uint64_t big_endian(std::uint64_t value) noexcept {
  if constexpr (host_is_little_endian)
    return __builtin_bswap64(value);
  else
    return value;
}

/// Writes the `sizeof(T)` bytes of a number in little-endian order.
template <scalar_bits T>
inline void store_little_endian(std::byte* to, T value) noexcept {
  std::memcpy(to, &value, sizeof(T));
  if constexpr (!host_is_little_endian) {
    for (std::size_t low = 0, high = sizeof(T) - 1; low < high; ++low, --high) {
      const std::byte kept = to[low];
      to[low] = to[high];
      to[high] = kept;
    }
  }
}

template <scalar_bits T>
[[nodiscard]] inline T load_little_endian(const std::byte* from) noexcept {
  T value;
  if constexpr (host_is_little_endian) {
    std::memcpy(&value, from, sizeof(T));
  } else {
    std::byte reversed[sizeof(T)];
    for (std::size_t index = 0; index < sizeof(T); ++index) reversed[index] = from[sizeof(T) - 1 - index];
    std::memcpy(&value, reversed, sizeof(T));
  }
  return value;
}

}  // namespace detail

/// Appends to a buffer that the caller owns. The caller can reuse the buffer for many encodings without allocating.
class byte_writer {
 public:
  explicit byte_writer(bytes& buffer) noexcept : buffer_{&buffer} {}

  /// Returns the size of the buffer, including earlier contents.
  [[nodiscard]] std::size_t size() const noexcept { return buffer_->size(); }
  [[nodiscard]] bytes& buffer() noexcept { return *buffer_; }

  /// Makes the buffer so much larger, and returns where the new bytes begin. The pointer is valid until the next call.
  [[nodiscard]] std::byte* extend(std::size_t count);

  void write(const void* data, std::size_t count) {
    if (count != 0) std::memcpy(extend(count), data, count);
  }
  void write(bytes_view data) { write(data.data(), data.size()); }

  template <detail::scalar_bits T>
  void put(T value) {
    std::byte raw[sizeof(T)];
    detail::store_little_endian(raw, value);
    write(raw, sizeof raw);
  }

 private:
  bytes* buffer_;
};

/// Reads forward through a view. Each read returns false if there are too few bytes left; the position is then
/// unchanged.
class byte_reader {
 public:
  explicit byte_reader(bytes_view data) noexcept : data_{data} {}

  [[nodiscard]] std::size_t remaining() const noexcept { return data_.size() - position_; }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] bool at_end() const noexcept { return remaining() == 0; }

  /// Copies the next `count` bytes to `to`.
  [[nodiscard]] bool read(void* to, std::size_t count) noexcept {
    if (count > remaining()) return false;
    if (count != 0) std::memcpy(to, data_.data() + position_, count);
    position_ += count;
    return true;
  }

  /// Sets `out` to a view of the next `count` bytes.
  [[nodiscard]] bool take(bytes_view& out, std::size_t count) noexcept {
    if (count > remaining()) return false;
    out = data_.subview(position_, count);
    position_ += count;
    return true;
  }

  template <detail::scalar_bits T>
  [[nodiscard]] bool get(T& out) noexcept {
    if (sizeof(T) > remaining()) return false;
    out = detail::load_little_endian<T>(data_.data() + position_);
    position_ += sizeof(T);
    return true;
  }

 private:
  bytes_view data_;
  std::size_t position_{};
};

}  // namespace quipu
