// SPDX-License-Identifier: BSL-1.0
//
// packed_places.hpp: a list of ascending places in an index file. It begins with a byte, the width. Each 32 places are
// a block: the first place, and for each of them its distance from the first in `width` bits. So any place is found
// without reading others.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../macros.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

struct packed_places {
  static constexpr std::size_t head_size = 1;
  static constexpr std::size_t together = 32;
  static constexpr std::size_t block_head_size = 4;
  static constexpr unsigned most_width = 32;
  /// Bytes behind a list that reading its last place may touch.
  static constexpr std::size_t slack = 8;

  /// Size of a full block.
  [[nodiscard]] static constexpr std::size_t block_size(unsigned width) noexcept {
    return block_head_size + together / 8 * width;
  }
  /// Size of a list that is not empty.
  [[nodiscard]] static constexpr std::uint64_t size_of(std::uint32_t count, unsigned width) noexcept {
    const std::uint64_t whole = std::uint64_t{count} / together * block_size(width);
    const std::size_t rest = count % together;
    return head_size + whole + (rest == 0 ? 0 : block_head_size + (rest * width + 7) / 8);
  }

  /// The width that a list needs.
  [[nodiscard]] static unsigned width_for(const std::uint32_t* places, std::uint32_t count) noexcept;
  /// Writes a list of this width, `size_of` bytes.
  static void store(std::byte* to, const std::uint32_t* places, std::uint32_t count, unsigned width) noexcept;
};

/// A list in a mapped index. Refers to its bytes.
class place_run {
 public:
  place_run() = default;
  /// `list`: the list's bytes; `packed_places::slack` more can be read behind them. No place that is returned is
  /// greater than `most`, whatever the bytes say.
  place_run(const std::byte* list, std::uint32_t count, std::uint32_t most) noexcept
      : blocks_{list + packed_places::head_size},
        count_{count},
        most_{most},
        width_{std::to_integer<std::uint32_t>(*list)},
        mask_{static_cast<std::uint32_t>((std::uint64_t{1} << (width_ % 64)) - 1)} {}

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::uint32_t operator[](std::size_t position) const noexcept {
    const std::byte* const block = block_of(position);
    return unpacked(block, position % packed_places::together * width_, mask_, most_);
  }
  /// Copies the places [position, position + count), which the list has.
  void copy(std::size_t position, std::uint32_t* to, std::size_t count) const noexcept;

  /// The block of 32 places that has a position.
  [[nodiscard]] const std::byte* block_of(std::size_t position) const noexcept {
    return blocks_ + position / packed_places::together * packed_places::block_size(width_);
  }

  /// The number of places before the first in [first, last) for which `holds(place)` is false; if there is none,
  /// `last`.
  template <class Holds>
  [[nodiscard]] std::size_t partition_point(std::size_t first, std::size_t last, Holds&& holds) const {
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (holds((*this)[middle]))
        first = middle + 1;
      else
        last = middle;
    }
    return first;
  }

 private:
  void unpack(const std::byte* block, std::size_t from, std::uint32_t* to, std::size_t count) const noexcept;
  /// At least 57 bits of a block, from one on that is counted behind the block's head.
  [[nodiscard]] static std::uint64_t bits_at(const std::byte* block, std::size_t bit) noexcept {
    return load_little_endian<std::uint64_t>(block + packed_places::block_head_size + bit / 8) >> (bit % 8);
  }
  /// The place whose distance from the first of a block begins at a bit.
  [[nodiscard]] static std::uint32_t unpacked(const std::byte* block, std::size_t bit, std::uint64_t mask,
                                              std::uint64_t most) noexcept {
    const std::uint64_t first = load_little_endian<std::uint32_t>(block);
    return static_cast<std::uint32_t>(std::min(first + (bits_at(block, bit) & mask), most));
  }

  const std::byte* blocks_{};
  std::uint32_t count_{};
  std::uint32_t most_{};
  std::uint32_t width_{};
  std::uint32_t mask_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
