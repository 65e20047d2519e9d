// SPDX-License-Identifier: BSL-1.0
//
// recent_coordinates.hpp: remembers the coordinates that were appended to last, in a table of fixed size, which is
// faster than the hash table of all coordinates: its hash is cheap. That can be guessed, but names that collide push
// each other out of the table and do no more harm.
#pragma once

#include "../../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct coordinate_slot;

/// Not thread-safe.
class recent_coordinates {
 public:
  /// The coordinate, if it is remembered; otherwise null.
  [[nodiscard]] coordinate_slot* find(std::string_view entity, std::string_view scope) noexcept;
  /// Allocates the table. Throws `std::bad_alloc`.
  void reserve() {
    if (places_.empty()) places_.resize(size);
  }
  /// Remembers a coordinate that `find` was just asked for and did not have. The table was reserved.
  void remember(coordinate_slot& slot) noexcept;

 private:
  struct place {
    coordinate_slot* slot{};
    std::uint64_t hash{};
  };
  /// Two coordinates whose hashes begin alike: the one that was used last comes first.
  struct place_pair {
    place last{};
    place before{};
  };
  static constexpr std::size_t size = std::size_t{1} << 12;

  [[nodiscard]] static std::uint64_t hash_of(std::string_view entity, std::string_view scope) noexcept;

  std::vector<place_pair> places_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
