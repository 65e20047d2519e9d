// SPDX-License-Identifier: BSL-1.0
//
// name_hashes.hpp: hashes the names of coordinates, many at once in the lanes of the processor's vectors. A coordinate
// is hashed once, when its first event is.
#pragma once

#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "entity_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe.
class name_hashes {
 public:
  /// Adds a coordinate, unless it is hashed or was added. Throws `std::bad_alloc`.
  void add(coordinate_slot& slot) {
    if (!slot.is_hashed()) add_new(slot);
  }
  /// Hashes the coordinates that were added.
  void compute() noexcept;

 private:
  static constexpr std::size_t capacity = 32;
  static constexpr std::size_t longest = 1024;  // one chunk of BLAKE3; longer names are hashed alone

  void add_new(coordinate_slot& slot);

  std::unique_ptr<std::byte[]> messages_;
  const std::byte* inputs_[capacity]{};
  std::uint32_t sizes_[capacity]{};
  coordinate_slot* slots_[capacity]{};
  digest hashes_[capacity]{};
  std::size_t size_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
