// SPDX-License-Identifier: BSL-1.0
//
// as_of.hpp: a past moment of an entity, for projecting its state as it was then. Both kinds of moment cut the entity's events
// into those up to it and those after it, and an entity's events are in order by both.
#pragma once

#include "detail/milliseconds.hpp"

#include <cstdint>

namespace quipu {

/// A moment in an entity's history. A value; thread-safe.
class as_of {
 public:
  /// When the entity's events were those up to and including number `last` (`receipt.entity_sequence`, from 0).
  [[nodiscard]] static constexpr as_of sequence(std::uint64_t last) noexcept { return as_of{true, last, 0}; }

  /// When the store's clock showed this many microseconds since the Unix epoch: events of that very microsecond are included.
  [[nodiscard]] static constexpr as_of time_us(std::int64_t since_epoch_us) noexcept { return as_of{false, 0, since_epoch_us}; }

  /// As `time_us`, for a time point of the system's clock, rounded down to a microsecond. One that 64 bits of microseconds can't
  /// hold counts as the first or last that they can.
  template <detail::system_time_point Point>
  [[nodiscard]] static constexpr as_of time(const Point& point) noexcept {
    return time_us(detail::whole_microseconds<typename Point::duration::period>(point.time_since_epoch().count()));
  }
  /// As `time_us`.
  [[nodiscard]] static constexpr as_of time(std::int64_t since_epoch_us) noexcept { return time_us(since_epoch_us); }

  [[nodiscard]] constexpr bool is_sequence() const noexcept { return by_sequence_; }
  /// The number of the last event included; 0 unless `is_sequence()`.
  [[nodiscard]] constexpr std::uint64_t last_sequence() const noexcept { return last_; }
  /// Microseconds since the Unix epoch; 0 when `is_sequence()`.
  [[nodiscard]] constexpr std::int64_t time_us() const noexcept { return time_us_; }

  /// Whether an event of the entity had happened by then.
  [[nodiscard]] constexpr bool includes(std::uint64_t entity_sequence, std::int64_t timestamp_us) const noexcept {
    return by_sequence_ ? entity_sequence <= last_ : timestamp_us <= time_us_;
  }

  friend constexpr bool operator==(const as_of&, const as_of&) noexcept = default;

 private:
  constexpr as_of(bool by_sequence, std::uint64_t last, std::int64_t time_us) noexcept
      : by_sequence_{by_sequence}, last_{last}, time_us_{time_us} {}

  bool by_sequence_;
  std::uint64_t last_;
  std::int64_t time_us_;
};

}  // namespace quipu
