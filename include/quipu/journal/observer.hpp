// SPDX-License-Identifier: BSL-1.0
//
// observer.hpp: the interface by which a store reports what it does and how long it takes, to a log or to metrics. A
// program derives from it and sets `config.observer`. A store without one pays a branch for each append.
#pragma once

#include "../event/event_id.hpp"
#include "../macros.hpp"
#include "append_options.hpp"
#include "maintain/compaction.hpp"
#include "reports.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace quipu::inline QUIPU_MODE {

/// The functions do nothing by default. A derived class overrides those whose reports it wants.
///
/// Threading: the thread that did the work calls a function after it has released the store's locks. A flush or a
/// rotation may be reported by the next thread that releases them. Several threads may call at the same time, so a
/// derived class must be thread-safe. One object may observe several stores. The calling thread waits for the function:
/// an observer should hand long work to another thread.
///
/// The functions are `noexcept`: an exception that leaves one ends the program. A function may query the store and
/// project from it, which is reported as well; after the store is closed, that throws `errc::closed`. A function must
/// not append to the store, compact it, close it or destroy it, and must not use its cursors, workers and read models.
/// Text in a report is valid until the function returns.
///
/// Durations are measured by a steady clock.
class observer {
 public:
  using duration = std::chrono::nanoseconds;

  /// An event or a batch was appended, or submitted: then its ticket promises `durability`, and `took` ends when it has
  /// its place. A fence's events are one append, when it is committed. An append that throws is not reported.
  struct appended {
    std::uint64_t events{};    ///< of the append
    std::uint64_t repeated{};  ///< of them, those whose idempotency key the log had: they were not appended again
    std::uint64_t bytes{};     ///< of all payloads
    quipu::durability durability{};
    duration took{};
  };
  /// Events were brought to stable storage: hashed, written and flushed.
  struct flushed {
    std::uint64_t events{};   ///< that are durable since
    std::uint64_t bytes{};    ///< that were written
    std::uint64_t callers{};  ///< threads that it was made for
    duration took{};
  };
  /// A segment was sealed, and the next one begun. Appends waited meanwhile.
  struct rotated {
    std::uint64_t first_sequence{};  ///< of the next segment
    std::uint64_t bytes{};           ///< of the sealed one
    duration took{};
  };
  struct compacted {
    compaction_report report{};
    duration took{};
  };
  /// A state was projected, of an entity or of a region. With `project_together`, each state is reported, with the time
  /// that all took. `project_all` is one report, with the time that the program's function took.
  struct projected {
    std::string_view type{};    ///< the projection's name
    std::string_view entity{};  ///< empty for a region
    bool cached{};              ///< a state was taken from the cache, and folded on from there
    std::uint64_t events{};     ///< that the entity has, dropped ones included; of a region: that the log has
    duration took{};
    std::uint64_t states{1};  ///< of `project_all`: how many there were
  };
  /// A worker gave up on an event, as its poison policy says.
  struct poisoned {
    std::string_view worker{};
    event_id event{};
    std::uint64_t sequence{};
    std::uint64_t attempts{};
    std::string_view reason{};
    bool parked{};  ///< false: it was skipped
  };
  /// A worker, a reactor or a read model failed.
  struct failed {
    std::string_view consumer{};  ///< its name; a reactor's begins with `react:`, a read model's with `model:`
    std::string_view reason{};
    bool restarts{};  ///< it begins again at its last commit
  };

  observer() = default;
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  virtual ~observer() = default;

  /// A store was opened; its constructor has not returned yet. If the constructor then throws, the store is closed.
  virtual void on_open(const opening_report&) noexcept {}
  virtual void on_append(const appended&) noexcept {}
  virtual void on_flush(const flushed&) noexcept {}
  virtual void on_rotation(const rotated&) noexcept {}
  virtual void on_compaction(const compacted&) noexcept {}
  virtual void on_projection(const projected&) noexcept {}
  virtual void on_poison(const poisoned&) noexcept {}
  virtual void on_failure(const failed&) noexcept {}
  /// Writing to the log failed, for a caller or in the background, and why: the store accepts nothing more until it is
  /// reopened. See `store_diagnostics::failure`.
  virtual void on_write_failure(std::string_view) noexcept {}
  /// The cache failed: what, and why. See `config.cache.on_failure`.
  virtual void on_cache_failure(std::string_view) noexcept {}
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// Measures time, if there is an observer for it.
class stopwatch {
 public:
  explicit stopwatch(const observer* of) noexcept : runs_{of != nullptr} {
    if (runs_) began_ = std::chrono::steady_clock::now();
  }
  /// 0 without an observer.
  [[nodiscard]] observer::duration elapsed() const noexcept {
    return runs_ ? std::chrono::steady_clock::now() - began_ : observer::duration{};
  }

 private:
  bool runs_;
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
