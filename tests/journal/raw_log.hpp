// SPDX-License-Identifier: BSL-1.0
//
// raw_log.hpp: reads and changes the files of a store as docs/format.md says they are, and not by the library's reader, so that a test
// can know what a damaged file must give.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/bytes.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace raw_log {

inline constexpr std::size_t segment_head_size = 128;
inline constexpr std::size_t frame_head_size = 56;

template <class Number>
Number number_at(quipu::bytes_view from, std::size_t offset) {
  Number value{};
  for (std::size_t index = sizeof(Number); index-- != 0;)
    value = static_cast<Number>(static_cast<std::uint64_t>(value) << 8 | static_cast<std::uint64_t>(from[offset + index]));
  return value;
}
template <class Number>
void put_number(quipu::bytes& to, std::size_t offset, Number value) {
  for (std::size_t index = 0; index < sizeof(Number); ++index)
    to[offset + index] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * index) & 0xFF);
}

/// CRC-32C as RFC 3720 defines it, bit by bit; goes on from `before`.
inline std::uint32_t crc32c(quipu::bytes_view data, std::uint32_t before = 0) {
  std::uint32_t sum = ~before;
  for (std::size_t index = 0; index < data.size(); ++index) {
    sum ^= static_cast<std::uint32_t>(data[index]);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  return ~sum;
}

struct frame {
  std::size_t at{};
  std::size_t size{};
  std::uint16_t kind{};
  std::uint16_t flags{};
  std::uint64_t sequence{};

  [[nodiscard]] bool internal() const { return (flags & 0x0100) != 0; }
  [[nodiscard]] bool more() const { return (flags & 0x0200) != 0; }
  [[nodiscard]] bool flushed() const { return (flags & 0x0400) != 0; }
};

/// The frames of a sound segment, up to the zeros at its end.
inline std::vector<frame> frames_of(quipu::bytes_view segment) {
  std::vector<frame> all;
  for (std::size_t at = segment_head_size; at + frame_head_size <= segment.size();) {
    const auto size = number_at<std::uint32_t>(segment, at);
    if (size == 0) break;
    all.push_back({at, size, number_at<std::uint16_t>(segment, at + 8), number_at<std::uint16_t>(segment, at + 10),
                   number_at<std::uint64_t>(segment, at + 24)});
    at += size;
  }
  return all;
}

/// Where a sound segment's frames end.
inline std::size_t end_of_frames(const std::vector<frame>& frames) {
  return frames.empty() ? segment_head_size : frames.back().at + frames.back().size;
}

/// Makes the checksum of a head (`quipu.store` or a segment's) right again after a change.
inline void seal_head(quipu::bytes& file) {
  const auto size = number_at<std::uint32_t>(file, 36);
  put_number(file, 12, std::uint32_t{0});
  put_number(file, 12, crc32c(quipu::bytes_view{file.data(), size}));
}

/// And that of a frame.
inline void seal_frame(quipu::bytes& segment, std::size_t at) {
  const auto seed = number_at<std::uint32_t>(segment, 32);
  const auto size = number_at<std::uint32_t>(segment, at);
  const quipu::bytes_view whole{segment.data() + at, size};
  put_number(segment, at + 4, crc32c(whole.subview(8), crc32c(whole.subview(0, 4), seed)));
}

}  // namespace raw_log
