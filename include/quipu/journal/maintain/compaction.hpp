// SPDX-License-Identifier: BSL-1.0
//
// compaction.hpp: how a log is made smaller, and a report of it. docs/compaction.md has the promises.
#pragma once

#include "../../event/event_view.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// The argument of `store.compact`. Every compaction merges small neighbouring segments. Events that stay keep their
/// bytes, sequences, ids and hashes.
class compaction {
 public:
  /// Returns whether an event is kept. Called once for each event, in the order of the log, by the compacting thread.
  /// It may read from the store, but must not close or compact it. If it throws, the compaction ends and changes
  /// nothing.
  using predicate = std::function<bool(const event_view&)>;

  enum class how : unsigned char { merge, retain, tombstone };

  /// Keeps every event.
  [[nodiscard]] static compaction merge() { return {how::merge, {}}; }
  /// Drops the other events: no reader sees them. Their sequences stay used, the hash chain still covers them, and
  /// their idempotency keys still answer.
  [[nodiscard]] static compaction retain(predicate keep) { return {how::retain, std::move(keep)}; }
  /// Erases the other events: they lose their payload, and their kind becomes `event_kind::tombstone`. Sequences, id,
  /// coordinate, causes and idempotency key stay. No projection folds them.
  [[nodiscard]] static compaction tombstone(predicate keep) { return {how::tombstone, std::move(keep)}; }

  [[nodiscard]] how policy() const noexcept { return how_; }
  [[nodiscard]] const predicate& keep() const noexcept { return keep_; }

 private:
  compaction(how policy, predicate keep) : how_{policy}, keep_{std::move(keep)} {}
  how how_;
  predicate keep_;
};

/// The result of a compaction. Counts the events that were in the log when it began; later appends are not included.
struct compaction_report {
  std::uint64_t segments_before{};
  std::uint64_t segments_after{};
  std::uint64_t bytes_before{};  ///< size of those segments
  std::uint64_t bytes_after{};
  std::uint64_t events_before{};  ///< events that readers see
  std::uint64_t events_after{};
  std::uint64_t dropped{};  ///< by `retain`
  std::uint64_t erased{};   ///< by `tombstone`

  friend bool operator==(const compaction_report&, const compaction_report&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
