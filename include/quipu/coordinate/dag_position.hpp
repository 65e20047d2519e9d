// SPDX-License-Identifier: BSL-1.0
//
// dag_position.hpp: where an event stands in a history that may fork, and when. Positions on one lane and depth are
// ordered by sequence; positions on different ones aren't ordered at all.
#pragma once

#include "../core/error.hpp"

#include <compare>
#include <cstdint>

namespace quipu {

/// `wall_ms` and `counter` are a hybrid logical clock reading (Kulkarni et al., "Logical Physical Clocks", 2014):
/// milliseconds since the Unix epoch that never go back, and a counter within them.
struct dag_position {
  std::uint32_t depth{};     ///< forks between the root history and this one
  std::uint32_t lane{};      ///< which of the histories at that depth
  std::uint64_t sequence{};  ///< the entity's events from 0
  std::uint64_t wall_ms{};
  std::uint32_t counter{};

  /// The first position of an unforked history.
  [[nodiscard]] static constexpr dag_position root() noexcept { return {}; }

  /// The position `sequence` on the same lane, with this clock reading.
  [[nodiscard]] constexpr dag_position child(std::uint64_t at_sequence) const noexcept {
    return {depth, lane, at_sequence, wall_ms, counter};
  }
  /// As `child`, read at another time. A clock that went back is held at this position's time, its counter raised.
  [[nodiscard]] constexpr dag_position child_at(std::uint64_t at_sequence, std::uint64_t at_wall_ms,
                                                std::uint32_t at_counter) const noexcept {
    dag_position next{depth, lane, at_sequence, at_wall_ms, at_counter};
    if (at_wall_ms < wall_ms || (at_wall_ms == wall_ms && at_counter <= counter)) {
      next.wall_ms = counter == UINT32_MAX ? wall_ms + 1 : wall_ms;
      next.counter = counter == UINT32_MAX ? 0 : counter + 1;
    }
    return next;
  }
  /// The first position of a history that forks off here. `new_depth` must be greater than `depth`
  /// (`errc::invalid_argument`).
  [[nodiscard]] constexpr dag_position fork(std::uint32_t new_depth, std::uint32_t new_lane) const {
    if (new_depth <= depth) throw error{errc::invalid_argument, "a fork lies deeper than the position it leaves"};
    return {new_depth, new_lane, 0, wall_ms, counter};
  }

  /// True when this position comes strictly before `other` on the same lane and depth.
  [[nodiscard]] constexpr bool is_ancestor_of(const dag_position& other) const noexcept {
    return depth == other.depth && lane == other.lane && sequence < other.sequence;
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
