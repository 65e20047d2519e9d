// SPDX-License-Identifier: BSL-1.0
//
// log_compactor.hpp: decides which sealed segments are rewritten, and writes their replacements under names that are
// not part of the log. As many neighbouring segments as fit into one are merged, whole, so that a second compaction has
// nothing to do.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../format/compaction_manifest.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "../segment/segment_scan.hpp"
#include "compaction.hpp"
#include "segment_rewriter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The work of one compaction. Not thread-safe.
class log_compactor {
  using how = typename compaction::how;

 public:
  /// `sealed`: the segments to examine. `generation`: the log's new generation, if events are dropped or erased.
  log_compactor(log_files& files, segment_list sealed, const compaction& policy, std::uint64_t segment_max_bytes,
                std::uint64_t generation)
      : files_{files},
        sealed_{std::move(sealed)},
        policy_{policy},
        segment_max_bytes_{segment_max_bytes},
        generation_{generation} {}

  /// Examines all events and writes the replacements. Calls `step(done, total)` in between; if it throws, the work
  /// ends. Throws what the predicate throws, `errc::corrupt`, `errc::io_failed`, `errc::storage_full`.
  template <class Step>
  void run(std::int64_t now_us, Step&& step) {
    for (const auto& each : sealed_) total_ += look_count(*each);
    plan(step);
    for (std::size_t begin = 0; begin < plans_.size();) {
      const std::size_t end = group_end(begin);
      if (end - begin > 1 || plans_[begin].taken != 0)
        rewrite(begin, end, now_us, step);
      else
        leave(begin, step);
      begin = end;
    }
  }

  /// Whether there are replacements.
  [[nodiscard]] bool has_work() const noexcept { return !manifest_.made.empty(); }
  [[nodiscard]] const compaction_manifest& manifest() const noexcept { return manifest_; }
  [[nodiscard]] const compaction_report& report() const noexcept { return report_; }
  /// The replacements, in the order of the manifest.
  [[nodiscard]] const std::vector<std::shared_ptr<segment>>& made() const noexcept { return made_; }

  /// Makes the index files of the replacements, which have their final names by now, and reads them through these, so
  /// that memory does not grow with the log. Failures are ignored: a segment without an index file works too.
  void make_indexes() noexcept;

 private:
  /// The plan for one segment.
  struct segment_plan {
    std::vector<bool> taken_events{};  ///< for each event in order: dropped or erased; empty if all are kept
    std::uint64_t taken{};
    std::uint64_t size{};  ///< upper bound of its size when rewritten
  };

  [[nodiscard]] static std::uint64_t look_count(const segment& of);

  template <class Step>
  void plan(Step&& step) {
    for (const auto& each : sealed_) {
      segment_plan made;
      made.size = each->size();
      if (policy_.policy() != how::merge) ask(each, made, step);
      report_.events_before += look_count(*each);
      report_.bytes_before += each->size();
      ++report_.segments_before;
      (policy_.policy() == how::retain ? report_.dropped : report_.erased) += made.taken;
      plans_.push_back(std::move(made));
      done_ += look_count(*each);
      step(done_, 2 * total_);
    }
    report_.events_after = report_.events_before - report_.dropped;
  }

  template <class Step>
  void ask(const std::shared_ptr<segment>& of, segment_plan& made, Step&& step) {
    std::uint64_t size = segment_head::size;
    bool in_hole = false;
    std::uint64_t seen = 0;
    visit_frames(*of, files_.identity(), [&](const frame_view& frame) {
      if (frame.is_internal()) {
        size += frame.size();
        return;
      }
      if ((++seen & 0xFFF) == 0) step(done_ + seen, 2 * total_);
      const bool taken = takes(of, frame);
      if (taken && made.taken++ == 0) made.taken_events.resize(static_cast<std::size_t>(look_count(*of)));
      if (taken) made.taken_events[static_cast<std::size_t>(seen - 1)] = true;
      if (!taken)
        size += frame.size();
      else if (policy_.policy() == how::tombstone)
        size += frame_size(0, frame.extension_size() + 4 + erased_content::most_size, files_.identity().chained);
      else
        size += (in_hole ? 0 : 72) + 16 + 32 + (frame.extension_size() == 0 ? 0 : 48);
      in_hole = taken;
    });
    if (made.taken != 0) made.size = size;
  }

  [[nodiscard]] bool takes(const std::shared_ptr<segment>& of, const frame_view& frame);

  /// The end of the segments from `begin` on that fit into one segment.
  [[nodiscard]] std::size_t group_end(std::size_t begin) const noexcept;

  template <class Step>
  void leave(std::size_t position, Step&& step) {
    ++report_.segments_after;
    report_.bytes_after += sealed_[position]->size();
    done_ += look_count(*sealed_[position]);
    step(done_, 2 * total_);
  }

  template <class Step>
  void rewrite(std::size_t begin, std::size_t end, std::int64_t now_us, Step&& step) {
    const std::uint64_t first = sealed_[begin]->first_sequence();
    const event_fate fate = policy_.policy() == how::retain ? event_fate::dropped : event_fate::erased;
    std::uint64_t taken = 0;
    std::uint64_t size = 0;
    {
      segment_rewriter writing{files_, first};
      for (std::size_t position = begin; position < end; ++position) {
        const segment_plan& plan = plans_[position];
        std::size_t number = 0;
        writing.take(*sealed_[position], [&](const frame_view&) {
          const bool take = plan.taken != 0 && plan.taken_events[number];
          ++number;
          return take ? fate : event_fate::kept;
        });
        taken += plan.taken;
        manifest_.replaced.push_back(sealed_[position]->first_sequence());
        done_ += number;
        step(done_, 2 * total_);
      }
      size = writing.finish(taken == 0 ? std::nullopt : std::optional{generation_}, now_us);
    }
    if (taken != 0) manifest_.generation = generation_;
    manifest_.made.push_back(first);
    positions_.push_back(static_cast<std::size_t>(report_.segments_after));
    made_.push_back(read_back(first, *sealed_[end - 1]));
    ++report_.segments_after;
    report_.bytes_after += size;
  }

  /// Reads and indexes a replacement before anything depends on it. It must end as `last` does.
  [[nodiscard]] std::shared_ptr<segment> read_back(std::uint64_t first, const segment& last);

  log_files& files_;
  segment_list sealed_;
  const compaction& policy_;
  std::uint64_t segment_max_bytes_;
  std::uint64_t generation_;
  std::vector<segment_plan> plans_;
  std::uint64_t done_{};
  std::uint64_t total_{};
  compaction_manifest manifest_{};
  compaction_report report_{};
  std::vector<std::shared_ptr<segment>> made_;
  std::vector<std::size_t> positions_;              // of the replacements, among all segments afterwards
  std::vector<std::optional<index_cover>> covers_;  // the covers of their index files
};

}  // namespace quipu::detail::inline QUIPU_MODE
