// SPDX-License-Identifier: BSL-1.0
//
// log_source.hpp: a log as its readers see it. The writer's journal and the follower of another process's log both
// implement it, so that projections and deliveries are compiled once for both.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/detail/shape_list.hpp"
#include "../../event/event_id.hpp"
#include "../../event/upcast.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "log_snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// A snapshot, the number of events that an entity has in it (dropped ones included), and the log's generation.
struct entity_snapshot {
  log_snapshot seen;
  std::uint64_t count{};
  std::uint64_t generation{};
  event_id last{};  ///< of the last of these events; nil if that isn't at hand
};

/// All members are thread-safe.
class log_source {
 public:
  log_source() = default;
  log_source(const log_source&) = delete;
  log_source& operator=(const log_source&) = delete;

  /// What is visible now; after closing, what was visible then. A follower throws what reading throws.
  [[nodiscard]] virtual log_snapshot snapshot() = 0;
  [[nodiscard]] virtual entity_snapshot snapshot_of(std::string_view entity) = 0;
  /// Changes when events are dropped or erased: a snapshot of another generation may show some of them. For the
  /// writer's log it takes no lock; a follower looks at the files, and throws what reading throws.
  [[nodiscard]] virtual std::uint64_t generation() = 0;

  /// Waits until the event with this sequence is visible, the log is closed, `stop` is set (the setter must call
  /// `wake()`), or `microseconds` have passed.
  virtual void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) = 0;
  /// Wakes all waiting threads, which then check their conditions again.
  virtual void wake() noexcept = 0;

  [[nodiscard]] virtual bool is_closed() const noexcept = 0;
  /// Whether the log is closed, or is being closed so that nothing can be appended any more.
  [[nodiscard]] virtual bool is_closing() const noexcept { return is_closed(); }
  /// Throws `errc::closed` after closing, and `errc::locked` in a forked child of the process that writes the log.
  virtual void check_usable() const = 0;
  /// Throws `errc::locked` in a forked child of the process that opened the log.
  virtual void check_process() const {}
  /// Throws `errc::corrupt` with the first damage that was left out, if the log was opened to salvage it and anything
  /// was.
  virtual void check_whole() const = 0;

  [[nodiscard]] virtual const store_identity& identity() const noexcept = 0;
  [[nodiscard]] virtual std::int64_t created_at_us() const noexcept = 0;
  /// Throws `errc::schema_drift` if the log has another shape for an event type.
  virtual void check_schema(const event_shape& shape) = 0;
  /// As above, for all versions of each event of a list.
  void check_schemas(shape_span listed) {
    for (const event_shape* newest : listed)
      for (const event_shape* each = newest; each != nullptr; each = each->previous) check_schema(*each);
  }
  /// Rises when the log gets a schema.
  [[nodiscard]] virtual std::uint64_t schema_changes() const noexcept = 0;

  /// Hash over the hashes of all visible events, in order; zero where the log keeps no chain.
  [[nodiscard]] virtual digest head() = 0;
  /// Copies what is visible into another directory: see `copy_log`.
  virtual void copy_to(const std::filesystem::path& target) = 0;
  /// The store's clock, microseconds since the Unix epoch.
  [[nodiscard]] virtual std::int64_t now_us() = 0;
  [[nodiscard]] virtual environment_directory& directory() noexcept = 0;

 protected:
  ~log_source() = default;
};

}  // namespace quipu::detail::inline QUIPU_MODE
