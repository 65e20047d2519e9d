// SPDX-License-Identifier: BSL-1.0
//
// worker_policy.hpp: what a worker does when its handler fails, and when it commits. docs/workers.md says which to
// take.
//
//   worker_policy{.restart = restart_policy::bounded(3, 1s), .poison = poison_policy::retry(5, 100ms).then_park()}
#pragma once

#include "../codec/schema.hpp"
#include "../macros.hpp"
#include "../projection/detail/milliseconds.hpp"
#include "cursor_position.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::inline QUIPU_MODE {

/// How often a worker whose run ended with a failure begins again, from its last committed position, before it has
/// failed for good. Between two runs it pauses: 10 ms, and twice as long with each restart of the window, up to 640 ms.
class restart_policy {
 public:
  /// The first failure is final.
  [[nodiscard]] static constexpr restart_policy never() noexcept { return {0, 0}; }
  /// One restart, however long the worker lives.
  [[nodiscard]] static constexpr restart_policy once() noexcept { return {1, INT64_MAX}; }
  /// At most `most` restarts within any `window`, a duration of any unit.
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

/// What becomes of an event that the handler throws at.
class poison_policy {
 public:
  enum class ending : std::uint8_t { stop, skip, park };

  /// The run ends: what `restart_policy` is about. No event is passed over.
  [[nodiscard]] static constexpr poison_policy stop() noexcept { return poison_policy{ending::stop}; }
  /// The worker goes on with the next event, and counts and tells of the one that it skipped.
  [[nodiscard]] static constexpr poison_policy skip() noexcept { return poison_policy{ending::skip}; }
  /// The worker goes on with the next event. The one that failed is kept with the worker's position, as durable as
  /// that, until `retry_parked()` succeeds.
  [[nodiscard]] static constexpr poison_policy park() noexcept { return poison_policy{ending::park}; }
  /// The handler is called up to `times` more, each time after a pause, a duration of any unit. What then: `stop`,
  /// unless `then_skip` or `then_park` says otherwise.
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

struct worker_policy {
  restart_policy restart = restart_policy{3, 60'000'000};
  poison_policy poison = poison_policy::stop();
  /// Where a worker begins that was never committed.
  cursor_position from = cursor_position::start();
  /// The position is committed when so many events were handled since, and when there are none to handle now. Each
  /// commit costs two flushes; after a crash as many events may be handled again. 1 to 65,536.
  std::size_t commit_every_events = 64;
  /// And when an event was handled so many milliseconds after the last commit, for a handler that takes its time. At
  /// least 0: after each event.
  std::int64_t commit_after_ms = 1000;
  /// A worker that has so many parked events and meets another one fails instead. At most 65,536.
  std::size_t parked_limit = 1024;
  /// Of a reactor: how many of its own reactions may lie on the way from an event back to its first cause. One more,
  /// and it fails: it reacts to itself.
  std::size_t own_reactions_limit = 16;
};

}  // namespace quipu::inline QUIPU_MODE
