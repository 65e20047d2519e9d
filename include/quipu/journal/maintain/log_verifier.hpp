// SPDX-License-Identifier: BSL-1.0
//
// log_verifier.hpp: checks a whole log, frame by frame, without the indexes: checksums, sequences, ids, the hash chain
// of each entity, and the log's head where the segments, or the record of the log's end, have it. It cannot detect a
// log that was forged as a whole; comparing its head with one that was kept elsewhere does.
//
// Dropped and erased events are counted. Their hashes are still in the log, and everything else must fit them.
//
// A `frame_checker` checks the frames, ahead of the rest where it can; a `chain_checker` computes the hashes, many at
// once.
#pragma once

#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../format/recorded_end.hpp"
#include "../read/log_snapshot.hpp"
#include "../write/entity_table.hpp"
#include "chain_checker.hpp"
#include "frame_checker.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe.
class log_verifier {
 public:
  /// `recorded` is the end that the log had when it was closed last.
  log_verifier(const log_snapshot& seen, const store_identity& identity, const std::optional<recorded_end>& recorded)
      : seen_{seen},
        identity_{identity},
        recorded_{recorded},
        chain_{identity.key},
        frames_{identity, seen.end_sequence} {}

  /// Verifies the log. Throws `errc::corrupt` with path and offset of the first damage. Calls `report(events checked)`
  /// every 65,536 events and at the end; if that returns false, stops and returns false.
  template <class Report>
  [[nodiscard]] bool run(Report&& report) {
    for (std::size_t position = 0; position < seen_.segment_count(); ++position) {
      begin_segment(position);
      while (next_frame()) {
        if (sequence_ - reported_ >= report_every) {
          reported_ = sequence_;
          if (!report(sequence_)) return false;
        }
      }
      check_hashes();
    }
    if (sequence_ != seen_.end_sequence) fail(offset_, "events are missing at the end");
    return report(sequence_);
  }

  /// After `run`: the number of dropped events, and of erased events.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  [[nodiscard]] std::uint64_t erased() const noexcept { return erased_; }

  /// After `run`: the log's head.
  [[nodiscard]] digest head();

 private:
  static constexpr std::uint64_t report_every = 65'536;

  /// Names the damage; or a wrong hash before it in the segment, which may not have been noticed.
  [[noreturn]] void fail(std::size_t offset, const std::string& message);

  void begin_segment(std::size_t position);

  [[nodiscard]] bool next_frame();

  void check_internal(const frame_view& frame);

  /// The hashes of dropped events aren't recomputed: the entity's next event and the log's head are computed from them.
  void check_hole(const frame_view& frame);

  void check_event(const frame_view& frame);

  /// Each segment defines the schemas of its events before them.
  void check_schema(const frame_view& frame);

  /// Compares the log's head with the one that was recorded when the log ended here.
  void check_recorded_end() {
    if (recorded_ && recorded_->next_sequence == sequence_) compare_recorded_head();
  }
  void compare_recorded_head();

  void check_hashes();

  static constexpr const char* broken_chain =
      "the hash chain is broken: the event or one of its entity before it was altered";

  const log_snapshot& seen_;
  const store_identity& identity_;
  const std::optional<recorded_end>& recorded_;
  const segment* segment_{};
  const std::byte* base_{};
  bool is_last_{};
  bool sealed_{};
  bool compacted_{};
  std::uint64_t dropped_{};
  std::uint64_t erased_{};
  std::size_t offset_{};
  std::size_t end_{};
  std::uint64_t sequence_{};
  std::uint64_t reported_{};
  event_id last_id_{};
  entity_table entities_;
  std::vector<coordinate_slot*> slots_;
  std::unordered_set<std::uint32_t> schemas_;  // that the segment has defined, by their keys
  std::uint32_t schema_of_last_{};             // of the event before, so that most need no look-up
  chain_checker chain_;
  frame_checker frames_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
