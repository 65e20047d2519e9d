// SPDX-License-Identifier: BSL-1.0
//
// dag_position.hpp: the position of an event in a history that may fork, and its time. Positions on the same lane and
// depth are ordered by entity sequence; others are unordered.
#pragma once

#include "../core/error.hpp"

#include <compare>
#include <cstdint>

namespace quipu {

/// A position. `wall_ms` and `counter` are the reading of a hybrid logical clock (Kulkarni et al., "Logical Physical
/// Clocks", 2014): milliseconds since the Unix epoch, which never go back, and a counter within the millisecond. A
/// value.
struct dag_position {
  std::uint32_t depth{};     ///< number of forks between the root history and this one
  std::uint32_t lane{};      ///< the history among those at this depth
  std::uint64_t sequence{};  ///< the entity sequence, from 0
  std::uint64_t wall_ms{};
  std::uint32_t counter{};

  /// Returns the first position of an unforked history.
  [[nodiscard]] static constexpr dag_position root() noexcept { return {}; }

  /// Returns the position `at_sequence` on the same lane with the same clock reading.
  [[nodiscard]] constexpr dag_position child(std::uint64_t at_sequence) const noexcept {
    return {depth, lane, at_sequence, wall_ms, counter};
  }
  /// Like `child`, with another clock reading. If the reading is not later than this position's, the time stays and the
  /// counter is increased.
  [[nodiscard]] constexpr dag_position child_at(std::uint64_t at_sequence, std::uint64_t at_wall_ms,
                                                std::uint32_t at_counter) const noexcept {
    dag_position next{depth, lane, at_sequence, at_wall_ms, at_counter};
    if (at_wall_ms < wall_ms || (at_wall_ms == wall_ms && at_counter <= counter)) {
      next.wall_ms = counter == UINT32_MAX ? wall_ms + 1 : wall_ms;
      next.counter = counter == UINT32_MAX ? 0 : counter + 1;
    }
    return next;
  }
  /// Returns the first position of a history that forks here. Throws `errc::invalid_argument` unless `new_depth` is
  /// greater than `depth`.
  [[nodiscard]] constexpr dag_position fork(std::uint32_t new_depth, std::uint32_t new_lane) const {
    if (new_depth <= depth)
      throw error{errc::invalid_argument, "the depth of a fork must be greater than the depth of its origin"};
    return {new_depth, new_lane, 0, wall_ms, counter};
  }

  /// Returns true if this position is strictly before `other` on the same lane and depth.
  [[nodiscard]] constexpr bool is_ancestor_of(const dag_position& other) const noexcept {
    return depth == other.depth && lane == other.lane && sequence < other.sequence;
  }

  /// As in `sequence 3, lane 0, depth 0, 1700000000000 ms + 2`.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const dag_position& at) {
    return out << "sequence " << at.sequence << ", lane " << at.lane << ", depth " << at.depth << ", " << at.wall_ms
               << " ms + " << at.counter;
  }

  friend constexpr bool operator==(const dag_position&, const dag_position&) noexcept = default;
  friend constexpr std::partial_ordering operator<=>(const dag_position& left, const dag_position& right) noexcept {
    if (left == right) return std::partial_ordering::equivalent;
    if (left.is_ancestor_of(right)) return std::partial_ordering::less;
    if (right.is_ancestor_of(left)) return std::partial_ordering::greater;
    return std::partial_ordering::unordered;
  }
};

}  // namespace quipu
