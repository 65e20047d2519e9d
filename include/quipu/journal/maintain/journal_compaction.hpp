// SPDX-License-Identifier: BSL-1.0
//
// journal_compaction.hpp: one compaction of a log that is being written, as a transaction over several files:
//
//   seal      the active segment, if it has events                                    under the journal's lock
//   write     replacements of sealed segments, under names of their own, flushed      without it; appends go on
//   decide    quipu.compaction appears: from here on the replacements are the log
//   exchange  the segments that readers of this process get                           under the lock
//   apply     names are given and removed; a note in the log tells its followers; quipu.compaction is removed
//
// A failure before `decide` changes nothing. A failure after it is final for the writer, like every failed write; the
// next opening finishes the compaction. So is a failure of `decide` itself, unless the manifest is known to be absent.
#pragma once

#include "../../core/error.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/compaction_manifest.hpp"
#include "../segment/log_files.hpp"
#include "../write/compaction_access.hpp"
#include "../write/journal.hpp"
#include "compaction.hpp"
#include "log_compactor.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>

namespace quipu::detail::inline QUIPU_MODE {

class journal_compaction {
 public:
  explicit journal_compaction(journal& of) noexcept : journal_{of} {}

  /// Runs the compaction. Calls `step(done, total)` regularly, which returns whether to go on; each event counts twice,
  /// when it is examined and when it is written or left alone. Throws `errc::busy` if a compaction is under way,
  /// `errc::cancelled`, `errc::invalid_argument`, `errc::closed`, `errc::writer_failed`, `errc::corrupt`,
  /// `errc::io_failed`, `errc::storage_full`, and what the predicate and `step` throw.
  template <class Step>
  compaction_report run(const compaction& policy, Step&& step) {
    if (policy.policy() != compaction::how::merge && !policy.keep())
      throw error{errc::invalid_argument, "a compaction that drops or erases events needs to be told which to keep"};
    compaction_access log = journal_.begin_compaction();
    log_compactor work{log.files(), log.sealed_segments(), policy, log.options().segment_max_bytes,
                       next_generation(log)};
    bool deciding = false;
    try {
      log.files().remove_replacements();
      work.run(log.now_us(), [&](std::uint64_t done, std::uint64_t total) {
        if (!step(done, total)) throw error{errc::cancelled, "the compaction was told to stop"};
        log.check_open();
      });
      if (!work.has_work()) return work.report();
      log.files().directory().sync();
      log.check_open();
      deciding = true;
      log.files().decide(work.manifest(), log.now_us());
    } catch (...) {
      if (deciding && may_be_decided(log.files()))
        log.record_failure(std::current_exception());
      else
        discard_replacements(log.files());
      throw;
    }
    try {
      log.replace_segments(work.manifest(), work.made());
      log.files().apply(work.manifest());
      work.make_indexes();
      log.replace_segments(work.manifest(), work.made());
      if (work.manifest().generation != 0) log.write_note();
      log.files().end_compaction();
    } catch (...) {
      log.record_failure(std::current_exception());
      throw;
    }
    return work.report();
  }

 private:
  [[nodiscard]] static std::uint64_t next_generation(compaction_access& log);

  /// After a failure to decide: whether the manifest is there, or that can't be found out. A decided manifest needs its
  /// replacements, so a writer that doesn't know must not go on: a later compaction would remove them.
  [[nodiscard]] static bool may_be_decided(const log_files& files) noexcept;
  /// Removes the replacements of a compaction that wasn't decided. Failures are ignored: the next compaction, or the
  /// next opening, removes them.
  static void discard_replacements(log_files& files) noexcept;

  journal& journal_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
