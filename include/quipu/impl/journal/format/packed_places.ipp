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
    const std::size_t from = position % packed_places::together;
    const std::size_t here = std::min(count, packed_places::together - from);
    unpack(block_of(position), from, to, here);
    position += here;
    to += here;
    count -= here;
  }
}

QUIPU_DECL void place_run::unpack(const std::byte* block, std::size_t from, std::uint32_t* to,
                                  std::size_t count) const noexcept {
  const std::size_t width = width_;  // copies, because `to` might be this object for all that a compiler knows
  const std::uint64_t mask = mask_;
  const std::uint64_t most = most_;
  std::size_t bit = from * width;
  std::size_t each = 0;
  if (width <= 28)  // two of them lie in one word, wherever in a byte the first begins
    for (; each + 2 <= count; each += 2, bit += 2 * width) {
      const std::uint64_t first = load_little_endian<std::uint32_t>(block);
      const std::uint64_t bits = bits_at(block, bit);
      to[each] = static_cast<std::uint32_t>(std::min(first + (bits & mask), most));
      to[each + 1] = static_cast<std::uint32_t>(std::min(first + (bits >> width & mask), most));
    }
  for (; each < count; ++each, bit += width) to[each] = unpacked(block, bit, mask, most);
}

}  // namespace quipu::detail::inline QUIPU_MODE
