// SPDX-License-Identifier: BSL-1.0
//
// packed_places.ipp: see journal/format/packed_places.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../journal/format/packed_places.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL unsigned packed_places::width_for(const std::uint32_t* places, std::uint32_t count) noexcept {
  std::uint32_t widest = 0;
  for (std::size_t first = 0; first < count; first += together)
    widest = std::max(widest, places[std::min<std::size_t>(first + together, count) - 1] - places[first]);
  return static_cast<unsigned>(std::bit_width(widest));
}

QUIPU_DECL void packed_places::store(std::byte* to, const std::uint32_t* places, std::uint32_t count,
                                     unsigned width) noexcept {
  *to = static_cast<std::byte>(width);
  to += head_size;
  for (std::size_t first = 0; first < count; first += together) {
    store_little_endian(to, places[first]);
    to += block_head_size;
    std::uint64_t bits = 0;
    unsigned filled = 0;
    for (std::size_t each = first; each < std::min<std::size_t>(first + together, count); ++each) {
      bits |= std::uint64_t{places[each] - places[first]} << filled;
      filled += width;
      if (filled < 32) continue;
      store_little_endian(to, static_cast<std::uint32_t>(bits));
      to += sizeof(std::uint32_t);
      bits >>= 32;
      filled -= 32;
    }
    for (; filled != 0; filled -= std::min(filled, 8U), bits >>= 8) *to++ = static_cast<std::byte>(bits);
  }
}

QUIPU_DECL void place_run::copy(std::size_t position, std::uint32_t* to, std::size_t count) const noexcept {
  while (count != 0) {
    const std::byte* const block = block_of(position);
    const std::size_t from = position % packed_places::together;
    const std::size_t here = std::min(count, packed_places::together - from);
    std::size_t bit = from * width_;
    for (std::size_t each = 0; each < here; ++each, bit += width_) to[each] = place_in(block, bit);
    position += here;
    to += here;
    count -= here;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
