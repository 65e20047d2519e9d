// SPDX-License-Identifier: BSL-1.0
//
// compaction.hpp: how a store's log is made smaller, and what that did. See docs/compaction.md for what is kept and
// what is promised.
#pragma once

#include "../../event/event_view.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// What `store.compact` does. In each case small neighbouring segments become one. What survives keeps its bytes,
/// numbers, ids and hashes.
class compaction {
 public:
  /// Whether an event is kept. Called once for each event, in the order of the log, by the thread that compacts; it may
  /// read from the store, but mustn't close it or compact it. What it throws ends the compaction, which changes nothing
  /// then.
  using predicate = std::function<bool(const event_view&)>;

  enum class how : unsigned char { merge, retain, tombstone };

  /// Every event stays.
  [[nodiscard]] static compaction merge() { return {how::merge, {}}; }
  /// Events that aren't kept are gone for every reader. Their numbers stay used, the hash chain goes on over them, and
  /// their idempotency keys still answer.
  [[nodiscard]] static compaction retain(predicate keep) { return {how::retain, std::move(keep)}; }
  /// Events that aren't kept lose their payload, and their kind becomes `event_kind::tombstone`; numbers, id,
  /// coordinate, causes and idempotency key stay. No projection folds them.
  [[nodiscard]] static compaction tombstone(predicate keep) { return {how::tombstone, std::move(keep)}; }

  [[nodiscard]] how policy() const noexcept { return how_; }
  [[nodiscard]] const predicate& keep() const noexcept { return keep_; }

 private:
  compaction(how policy, predicate keep) : how_{policy}, keep_{std::move(keep)} {}
  how how_;
  predicate keep_;
};

/// What a compaction did. Of the events that were there when it began; what was appended meanwhile isn't in it.
struct compaction_report {
  std::uint64_t segments_before{};
  std::uint64_t segments_after{};
  std::uint64_t bytes_before{};  ///< of those segments
  std::uint64_t bytes_after{};
  std::uint64_t events_before{};  ///< that readers see
  std::uint64_t events_after{};
  std::uint64_t dropped{};  ///< by `retain`
  std::uint64_t erased{};   ///< by `tombstone`

  friend bool operator==(const compaction_report&, const compaction_report&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
