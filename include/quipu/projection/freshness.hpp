// SPDX-License-Identifier: BSL-1.0
//
// freshness.hpp: how new a projected state must be. A store answers from a cached state only where this allows it, and
// then never from an older one than it allows.
#pragma once

#include "../core/error.hpp"
#include "detail/milliseconds.hpp"

#include <cstdint>

namespace quipu {

/// A demand on a state's age. The default is `consistent()`. A value; thread-safe.
class freshness {
 public:
  constexpr freshness() noexcept = default;

  /// Every event that is visible when the question is asked is in the answer.
  [[nodiscard]] static constexpr freshness consistent() noexcept { return {}; }

  /// A state that was cached at most `window` ago will do, whatever has been appended since. `window` is a duration of
  /// any unit
  /// (`std::chrono::milliseconds{250}`), rounded down to whole milliseconds; one of more than 2^63 of them counts as
  /// that many. Throws `errc::invalid_argument` for a negative duration and for one that isn't a number.
  template <detail::duration_like Duration>
  [[nodiscard]] static constexpr freshness maybe_stale(const Duration& window) {
    if (!(window.count() >= typename Duration::rep{}))
      throw error{errc::invalid_argument, "freshness::maybe_stale: a window is 0 or longer"};
    freshness demand;
    demand.how_ = how::maybe_stale;
    demand.window_ms_ = detail::whole_milliseconds<typename Duration::period>(window.count());
    return demand;
  }

  /// The event with this number in the store (`receipt.sequence`) and all before it are in the answer, perhaps more.
  [[nodiscard]] static constexpr freshness at_least(std::uint64_t sequence) noexcept {
    freshness demand;
    demand.how_ = how::at_least;
    demand.sequence_ = sequence;
    return demand;
  }

  [[nodiscard]] constexpr bool is_consistent() const noexcept { return how_ == how::consistent; }
  [[nodiscard]] constexpr bool is_maybe_stale() const noexcept { return how_ == how::maybe_stale; }
  [[nodiscard]] constexpr bool is_at_least() const noexcept { return how_ == how::at_least; }

  /// Milliseconds that an answer may be old; 0 unless `is_maybe_stale()`.
  [[nodiscard]] constexpr std::int64_t window_ms() const noexcept { return window_ms_; }
  /// The number of the event that must be in the answer; 0 unless `is_at_least()`.
  [[nodiscard]] constexpr std::uint64_t sequence() const noexcept { return sequence_; }

  /// Whether a state that was cached at `cached_at_us` may be given out at `now_us` without looking for newer events.
  /// False unless `is_maybe_stale()`, and for a state from the future: its clock isn't the one that asks.
  [[nodiscard]] constexpr bool allows_age(std::int64_t cached_at_us, std::int64_t now_us) const noexcept {
    if (!is_maybe_stale() || cached_at_us > now_us) return false;
    // Unsigned, because the difference of two times may exceed the range of either.
    const std::uint64_t age_us = static_cast<std::uint64_t>(now_us) - static_cast<std::uint64_t>(cached_at_us);
    return age_us / 1000 < static_cast<std::uint64_t>(window_ms_) ||
           age_us == static_cast<std::uint64_t>(window_ms_) * 1000;
  }

  friend constexpr bool operator==(const freshness&, const freshness&) noexcept = default;

 private:
  enum class how : unsigned char { consistent, maybe_stale, at_least };

  how how_{how::consistent};
  std::int64_t window_ms_{};
  std::uint64_t sequence_{};
};

}  // namespace quipu
