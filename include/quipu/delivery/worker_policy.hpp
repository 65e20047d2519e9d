// SPDX-License-Identifier: BSL-1.0
//
// worker_policy.hpp: what a worker does when its handler fails, and when it commits. docs/workers.md explains the
// choice.
//
//   worker_policy{.restart = restart_policy::bounded(3, 1s), .poison = poison_policy::retry(5, 100ms).then_park()}
#pragma once

#include "../codec/schema.hpp"
#include "../macros.hpp"
#include "../projection/detail/milliseconds.hpp"
#include "cursor_position.hpp"
#include "unknown_kinds.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::inline QUIPU_MODE {

/// How often a worker restarts from its last committed position after a run failed. If the limit is exceeded, the
/// worker fails. The pause before a restart is 10 ms; each further restart within the window doubles it, up to 640 ms.
class restart_policy {
 public:
  /// The first failure is final.
  [[nodiscard]] static constexpr restart_policy never() noexcept { return {0, 0}; }
  /// At most one restart in the worker's lifetime.
  [[nodiscard]] static constexpr restart_policy once() noexcept { return {1, INT64_MAX}; }
  /// At most `most` restarts within any `window`, a `std::chrono` duration.
  template <detail::duration_like Duration>
  [[nodiscard]] static constexpr restart_policy bounded(std::uint32_t most, const Duration& window) noexcept {
    return {most, detail::whole_microseconds<typename Duration::period>(window.count())};
  }

  [[nodiscard]] constexpr std::uint32_t most() const noexcept { return most_; }
  [[nodiscard]] constexpr std::int64_t window_us() const noexcept { return window_us_; }

 private:
  friend struct worker_policy;
  constexpr restart_policy(std::uint32_t most, std::int64_t window_us) noexcept : most_{most}, window_us_{window_us} {}

  std::uint32_t most_;
  std::int64_t window_us_;
};

/// What happens to an event for which the handler throws.
class poison_policy {
 public:
  enum class ending : std::uint8_t { stop, skip, park };

  /// The run ends, and `restart_policy` decides what follows. No event is skipped.
  [[nodiscard]] static constexpr poison_policy stop() noexcept { return poison_policy{ending::stop}; }
  /// The worker continues with the next event. The skipped event is counted and listed.
  [[nodiscard]] static constexpr poison_policy skip() noexcept { return poison_policy{ending::skip}; }
  /// The worker continues with the next event. The failed event is stored with the worker's position, equally durable,
  /// until `retry_parked()` succeeds.
  [[nodiscard]] static constexpr poison_policy park() noexcept { return poison_policy{ending::park}; }
  /// The handler is called up to `times` more, each time after `pause`, a `std::chrono` duration. If all attempts fail,
  /// the policy is `stop`, or the one chosen by `then_skip` or `then_park`.
  template <detail::duration_like Duration>
  [[nodiscard]] static constexpr poison_policy retry(std::uint32_t times, const Duration& pause) noexcept {
    poison_policy made{ending::stop};
    made.retries_ = times;
    made.pause_us_ = detail::whole_microseconds<typename Duration::period>(pause.count());
    return made;
  }
  [[nodiscard]] constexpr poison_policy then_skip() const noexcept { return then(ending::skip); }
  [[nodiscard]] constexpr poison_policy then_park() const noexcept { return then(ending::park); }

  [[nodiscard]] constexpr ending end() const noexcept { return end_; }
  [[nodiscard]] constexpr std::uint32_t retries() const noexcept { return retries_; }
  [[nodiscard]] constexpr std::int64_t pause_us() const noexcept { return pause_us_; }

 private:
  constexpr explicit poison_policy(ending which) noexcept : end_{which} {}
  [[nodiscard]] constexpr poison_policy then(ending which) const noexcept {
    poison_policy made = *this;
    made.end_ = which;
    return made;
  }

  ending end_;
  std::uint32_t retries_{};
  std::int64_t pause_us_{};
};

/// Options of `store.cursor_worker` and `store.react`.
struct worker_policy {
  restart_policy restart = restart_policy{3, 60'000'000};
  poison_policy poison = poison_policy::stop();
  /// Where a worker without a committed position begins.
  cursor_position from = cursor_position::start();
  /// Number of handled events after which the position is committed; it is also committed when no event is left to
  /// handle. A commit costs two flushes. After a crash, up to this number of events is handled again. 1 to 65,536.
  std::size_t commit_every_events = 64;
  /// Time in milliseconds since the last commit after which the position is committed when an event has been handled,
  /// for slow handlers. 0 commits after each event.
  std::int64_t commit_after_ms = 1000;
  /// Maximum number of parked events. A worker that would park one more fails. At most 65,536.
  std::size_t parked_limit = 1024;
  /// For reactors: the maximum number of the reactor's own reactions in the causation chain of an event. If it is
  /// exceeded, the reactor reacts to itself, and fails.
  std::size_t own_reactions_limit = 16;
  /// Whether it stops before an event of a kind that the program does not know. It has then failed for good: neither
  /// `poison` nor `restart` applies.
  quipu::unknown_kinds unknown_kinds = quipu::unknown_kinds::pass_over();
};

}  // namespace quipu::inline QUIPU_MODE
