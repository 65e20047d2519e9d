// SPDX-License-Identifier: BSL-1.0
//
// journal_compaction.hpp: one compaction of a log that is being written, as a transaction over several files:
//
//   seal      the active segment, if it has events                                                      under the journal's lock
//   write     what replaces sealed segments, under names that mean nothing, flushed                     without it; appends go on
//   decide    quipu.compaction appears: from here on the replacements are the log
//   exchange  the segments that readers of this process get                                             under the lock
//   apply     names are given and removed; a note in the log tells those who follow it; quipu.compaction is removed
//
// Before it is decided, a failure changes nothing. After it, a failure is final for the writer, as every failed write is, and the next opening
// applies the rest.
#pragma once

#include "../../environment/environment.hpp"
#include "../segment/segment.hpp"
#include "../write/journal.hpp"
#include "compaction.hpp"
#include "log_compactor.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace quipu::detail {

class journal_compaction {
  using segment_list = std::vector<std::shared_ptr<segment>>;
  using compactor = log_compactor;

 public:
  explicit journal_compaction(journal& of) noexcept : log_{of} {}

  /// `step(done, total)`, in events, each of which counts twice: when it is looked at, and when it is written or left alone; returns whether to go
  /// on. Throws `errc::busy` where a compaction is under way, `errc::cancelled`, `errc::invalid_argument`, `errc::closed`, `errc::writer_failed`,
  /// `errc::corrupt`, `errc::io_failed`, `errc::storage_full`, and what the predicate and `step` throw.
  template <class Step>
  compaction_report run(const compaction& policy, Step&& step) {
    if (policy.policy() != compaction::how::merge && !policy.keep())
      throw error{errc::invalid_argument, "a compaction that drops or erases events needs to be told which to keep"};
    const under_way only{log_};
    compactor work{log_.files_, sealed_segments(), policy, log_.options_.segment_max_bytes, next_generation()};
    try {
      log_.files_.remove_replacements();
      work.run(log_.now_us(), [&](std::uint64_t done, std::uint64_t total) {
        if (!step(done, total)) throw error{errc::cancelled, "the compaction was told to stop"};
        check_going_on();
      });
      if (!work.has_work()) return work.report();
      log_.files_.directory().sync();
      check_going_on();
      log_.files_.decide(work.manifest(), log_.now_us());
    } catch (...) {
      give_up();
      throw;
    }
    try {
      exchange(work);
      log_.files_.apply(work.manifest());
      work.make_indexes();
      exchange(work);
      if (work.manifest().generation != 0) {
        std::unique_lock<std::mutex> lock{log_.mutex_};
        log_.write_note(lock);
      }
      log_.files_.end_compaction();
    } catch (...) {
      fail();
      throw;
    }
    return work.report();
  }

 private:
  /// Seals what is there, and sees to it that there is one compaction at a time and that the log stays open meanwhile.
  class under_way {
   public:
    explicit under_way(journal& log) : log_{log} {
      std::unique_lock<std::mutex> lock{log.mutex_};
      log.check_open();
      if (log.compacting_) throw error{errc::busy, "the store is being compacted already", {.path = log.options_.directory.string()}};
      seal(log, lock);
      log.compacting_ = true;
    }
    under_way(const under_way&) = delete;
    under_way& operator=(const under_way&) = delete;
    ~under_way() {
      const std::lock_guard lock{log_.mutex_};
      log_.compacting_ = false;
      log_.flushed_.notify_all();
    }

   private:
    /// Flushes everything, and seals the active segment if it has events.
    static void seal(journal& log, std::unique_lock<std::mutex>& lock) {
      for (;;) {
        log.check_open();
        if (log.flushing_) log.flushed_.wait(lock);
        else if (!log.tail_.empty() || log.durable_ < log.next_sequence_) log.publish(lock, true);
        else break;
      }
      if (log.next_sequence_ != log.active_.shared()->first_sequence()) log.rotate();
    }

    journal& log_;
  };

  [[nodiscard]] segment_list sealed_segments() const {
    const std::lock_guard lock{log_.mutex_};
    return segment_list(log_.segments_->begin(), log_.segments_->end() - 1);
  }
  [[nodiscard]] std::uint64_t next_generation() const {
    std::uint64_t random{};
    log_.files_.world()->random(reinterpret_cast<std::byte*>(&random), sizeof random);
    const std::lock_guard lock{log_.mutex_};
    if ((log_.generation_ >> 40) + 1 >= generation_count_limit)
      throw error{errc::unsupported_format, "the log was compacted too often", {.path = log_.options_.directory.string(), .expected = generation_count_limit}};
    return generation_after(log_.generation_, random);
  }

  /// Throws where the log was closed, or failed.
  void check_going_on() const {
    const std::lock_guard lock{log_.mutex_};
    log_.check_open();
  }

  /// After a failure: removes what was written, unless the compaction was decided all the same.
  void give_up() {
    try {
      if (log_.files_.is_decided()) return fail();
      log_.files_.remove_replacements();
    } catch (...) {
      return;  // the next compaction, or the next opening, removes them
    }
  }
  void fail() {
    const std::lock_guard lock{log_.mutex_};
    log_.fail(std::current_exception());
  }

  /// Readers get the new segments from now on. Those who have the old ones keep them.
  void exchange(const compactor& work) {
    const auto& manifest = work.manifest();
    std::shared_ptr<const segment_list> old;  // let go of when the lock is
    const std::lock_guard lock{log_.mutex_};
    auto list = std::make_shared<segment_list>();
    std::size_t made = 0;
    for (const auto& each : *log_.segments_) {
      if (!manifest.replaces(each->first_sequence())) list->push_back(each);
      else if (manifest.makes(each->first_sequence())) list->push_back(work.made()[made++]);
    }
    log_.entities().look_in(std::make_shared<const segment_list>(list->begin(), list->end() - 1));
    old = std::exchange(log_.segments_, std::shared_ptr<const segment_list>{std::move(list)});
    log_.schemas_.look_in(log_.segments_);
    if (manifest.generation != 0) log_.generation_ = manifest.generation;
  }

  journal& log_;
};

}  // namespace quipu::detail
