// SPDX-License-Identifier: BSL-1.0
//
// as_of.hpp: a past moment, for projecting the state that an entity had then. A moment is an entity sequence, a
// sequence of the store or a time. An entity's events ascend in all three, so a moment divides them into those up to it
// and those after it.
#pragma once

#include "detail/milliseconds.hpp"

#include <cstdint>

namespace quipu {

/// A moment in an entity's history. A value; thread-safe.
class as_of {
 public:
  /// After the entity's event with this entity sequence (`receipt.entity_sequence`); after its last one where the
  /// stream is shorter.
  [[nodiscard]] static constexpr as_of entity_sequence(std::uint64_t last) noexcept {
    return as_of{how::entity_sequence, last, 0};
  }

  /// After the store's event with this sequence (`receipt.sequence`), whichever entity that event belongs to.
  [[nodiscard]] static constexpr as_of sequence(std::uint64_t last) noexcept { return as_of{how::sequence, last, 0}; }

  /// When the store's clock showed this many microseconds since the Unix epoch. Events of that very microsecond are
  /// included.
  [[nodiscard]] static constexpr as_of time_us(std::int64_t since_epoch_us) noexcept {
    return as_of{how::time, 0, since_epoch_us};
  }

  /// As `time_us`, for a time point of the system's clock, rounded down to a microsecond. A time point that 64 bits of
  /// microseconds can't hold counts as the nearest that they can.
  template <detail::system_time_point Point>
  [[nodiscard]] static constexpr as_of time(const Point& point) noexcept {
    return time_us(detail::whole_microseconds<typename Point::duration::period>(point.time_since_epoch().count()));
  }
  /// As `time_us`.
  [[nodiscard]] static constexpr as_of time(std::int64_t since_epoch_us) noexcept { return time_us(since_epoch_us); }

  /// What holds by then: the events whose valid time (`event_header::valid_time_us()`) is at or before it, in the order
  /// of the log, whenever they were appended.
  [[nodiscard]] static constexpr as_of valid_time_us(std::int64_t since_epoch_us) noexcept {
    return as_of{how::valid_time, 0, since_epoch_us};
  }
  /// As `valid_time_us`, for a time point of the system's clock; see `time`.
  template <detail::system_time_point Point>
  [[nodiscard]] static constexpr as_of valid_time(const Point& point) noexcept {
    return valid_time_us(time(point).time_us_);
  }
  /// As `valid_time_us`.
  [[nodiscard]] static constexpr as_of valid_time(std::int64_t since_epoch_us) noexcept {
    return valid_time_us(since_epoch_us);
  }

  [[nodiscard]] constexpr bool is_entity_sequence() const noexcept { return how_ == how::entity_sequence; }
  [[nodiscard]] constexpr bool is_sequence() const noexcept { return how_ == how::sequence; }
  /// The entity sequence of the last event included; 0 unless `is_entity_sequence()`.
  [[nodiscard]] constexpr std::uint64_t last_entity_sequence() const noexcept {
    return is_entity_sequence() ? last_ : 0;
  }
  /// The sequence of the last event included; 0 unless `is_sequence()`.
  [[nodiscard]] constexpr std::uint64_t last_sequence() const noexcept { return is_sequence() ? last_ : 0; }
  [[nodiscard]] constexpr bool is_valid_time() const noexcept { return how_ == how::valid_time; }
  /// Microseconds since the Unix epoch; 0 unless the moment is a time or a valid time.
  [[nodiscard]] constexpr std::int64_t time_us() const noexcept { return time_us_; }

  /// Whether an event of the entity had happened by then, or holds by then. An event without a given time has one time.
  [[nodiscard]] constexpr bool includes(std::uint64_t sequence, std::uint64_t entity_sequence,
                                        std::int64_t timestamp_us) const noexcept {
    return includes(sequence, entity_sequence, timestamp_us, timestamp_us);
  }
  [[nodiscard]] constexpr bool includes(std::uint64_t sequence, std::uint64_t entity_sequence,
                                        std::int64_t timestamp_us, std::int64_t valid_time_us) const noexcept {
    if (is_entity_sequence()) return entity_sequence <= last_;
    if (is_sequence()) return sequence <= last_;
    return (is_valid_time() ? valid_time_us : timestamp_us) <= time_us_;
  }

  friend constexpr bool operator==(const as_of&, const as_of&) noexcept = default;

 private:
  enum class how : unsigned char { entity_sequence, sequence, time, valid_time };

  constexpr as_of(how which, std::uint64_t last, std::int64_t time_us) noexcept
      : how_{which}, last_{last}, time_us_{time_us} {}

  how how_;
  std::uint64_t last_;
  std::int64_t time_us_;
};

}  // namespace quipu
