// SPDX-License-Identifier: BSL-1.0
//
// raw_log.hpp: reads and changes the files of a store byte by byte, so that a test can damage them. It uses the
// library's layouts, which the golden tests pin, and its own codec and checksums.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/bytes.hpp>
#include <quipu/event/frame.hpp>
#include <quipu/journal/format/layout.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace raw_log {

using quipu::detail::field;
using quipu::detail::file_head;
using quipu::detail::frame_layout;
using quipu::detail::segment_head;

template <class Number>
Number number_at(quipu::bytes_view from, std::size_t offset) {
  Number value{};
  for (std::size_t index = sizeof(Number); index-- != 0;)
    value =
        static_cast<Number>(static_cast<std::uint64_t>(value) << 8 | static_cast<std::uint64_t>(from[offset + index]));
  return value;
}
template <class Number>
void put_number(quipu::bytes& to, std::size_t offset, Number value) {
  for (std::size_t index = 0; index < sizeof(Number); ++index)
    to[offset + index] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * index) & 0xFF);
}

/// A field of the structure that begins at `base`.
template <class Number>
Number number_at(quipu::bytes_view from, field<Number> which, std::size_t base = 0) {
  return number_at<Number>(from, base + which.offset);
}
template <class Number>
void put_field(quipu::bytes& to, field<Number> which, Number value, std::size_t base = 0) {
  put_number(to, base + which.offset, value);
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
  for (std::size_t at = segment_head::size; at + quipu::detail::frame_header_size <= segment.size();) {
    const auto size = number_at(segment, frame_layout::size, at);
    if (size == 0) break;
    all.push_back({at, size, number_at(segment, frame_layout::kind, at), number_at(segment, frame_layout::flags, at),
                   number_at(segment, frame_layout::sequence, at)});
    at += size;
  }
  return all;
}

/// Offset of the end of a sound segment's frames.
inline std::size_t end_of_frames(const std::vector<frame>& frames) {
  return frames.empty() ? segment_head::size : frames.back().at + frames.back().size;
}

/// Corrects the checksum of a file's head after a change.
inline void seal_head(quipu::bytes& file) {
  const auto size = number_at(file, file_head::layout::head_size);
  put_field(file, file_head::layout::checksum, std::uint32_t{0});
  put_field(file, file_head::layout::checksum, crc32c(quipu::bytes_view{file.data(), size}));
}

/// Corrects the checksum of a segment's frame after a change.
inline void seal_frame(quipu::bytes& segment, std::size_t at) {
  constexpr auto checksum = frame_layout::checksum;
  const auto seed = number_at(segment, file_head::layout::checksum_seed);
  const auto size = number_at(segment, frame_layout::size, at);
  const quipu::bytes_view whole{segment.data() + at, size};
  const std::uint32_t before = crc32c(whole.subview(0, checksum.offset), seed);
  put_field(segment, checksum, crc32c(whole.subview(checksum.end()), before), at);
}

}  // namespace raw_log
