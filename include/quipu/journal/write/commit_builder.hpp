// SPDX-License-Identifier: BSL-1.0
//
// commit_builder.hpp: turns commits into frames, with ids and sequences, in a buffer in memory. There are two buffers:
// one is filled while the frames of the other, the group, are written to the file.
#pragma once

#include "../../coordinate/hybrid_clock.hpp"
#include "../../event/event_id.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/layout.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "placement.hpp"
#include "segment_writer.hpp"
#include "single_append.hpp"
#include "staged_commit.hpp"
#include "tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock, except for the group, which belongs to the thread whose turn it is to write.
class commit_builder {
 public:
  /// `seed` makes the ids differ from those of other stores. `standard` is the durability of entries that name none.
  commit_builder(std::uint64_t seed, durability standard) noexcept : random_{seed}, standard_{standard} {}

  /// The next id will be later than this one.
  void continue_after(const event_id& last) noexcept;
  /// An id for an event of this time, later than all ids before it.
  [[nodiscard]] event_id make_id(std::int64_t now_us) noexcept;

  // ---- the buffer that is filled

  [[nodiscard]] std::size_t buffered_bytes() const noexcept { return filling_.size(); }
  /// Of both buffers.
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return filling_.size() + group_.size(); }

  /// Allocates what laying out a commit needs. Throws `std::bad_alloc`.
  void reserve(const placement& placing);

  /// Lays out a commit's frames behind those that are there and fills in its receipts; its first event gets `sequence`.
  /// The placement was prepared, and memory was reserved.
  placed_commit lay_out(placement& placing, std::span<receipt> receipts, segment_writer& to, std::uint64_t sequence,
                        std::int64_t now_us) noexcept;
  /// As `lay_out`, for the events of a visibility fence, which have their ids.
  placed_commit lay_out_staged(placement& placing, std::span<receipt> receipts, segment_writer& to,
                               std::uint64_t sequence, const staged_commit& staged) noexcept;

  /// As `reserve` and `lay_out`, for one event.
  void reserve(const single_append& event) { filling_.reserve(event.size(), 1); }
  placed_commit lay_out(const single_append& event, receipt& given, std::uint64_t sequence,
                        std::int64_t now_us) noexcept {
    event.write(filling_, sequence, make_id(now_us), given);
    const bool is_durable = event.entry().options->durability.value_or(standard_) == durability::durable;
    return {.begin = sequence, .end = sequence + 1, .durable_until = is_durable ? sequence + 1 : 0};
  }

  /// Whether `test(slot, frame)` holds for an event from sequence `first` on that has its place and is not visible yet,
  /// in either buffer. Takes time in proportion to those events. `chained`: the store's frames have hashes.
  template <class Test>
  [[nodiscard]] bool any_of_waiting(std::uint64_t first, bool chained, const Test& test) const {
    const auto any_of = [&](const tail_buffer& in) {
      const auto frame_of = [&](const pending_frame& each) { return frame_view{in.data() + each.at, chained}; };
      const auto is_before = [&](const pending_frame& each) { return frame_of(each).sequence() < first; };
      const auto from = std::ranges::partition_point(in.frames(), is_before);
      return std::any_of(from, in.frames().end(), [&](const pending_frame& each) {
        return each.where != nullptr && test(*each.where, frame_of(each));
      });
    };
    return any_of(group_) || any_of(filling_);
  }

  /// Lays out the frame that tells followers of a compaction. Throws `std::bad_alloc`.
  void lay_out_note(const compaction_note& note, std::uint64_t sequence);

  // ---- the group that is written

  /// Makes a group of what is laid out. The group before must have been dropped.
  void begin_group() noexcept { std::swap(filling_, group_); }
  /// The group, for the thread that writes it.
  [[nodiscard]] tail_buffer& group() noexcept { return group_; }
  /// Drops the group, which is written or never will be.
  void drop_group() noexcept { group_.clear(); }

 private:
  [[nodiscard]] event_id make_id(std::int64_t now_us, id_randomness& random) noexcept {
    return event_id::from_reading(clock_.next(now_us), random.next());
  }
  /// The receipts of a commit promise that the events before this sequence are durable. A commit is flushed as one.
  [[nodiscard]] std::uint64_t durable_end(const placement& placing, std::span<const receipt> receipts,
                                          const placed_commit& made) const noexcept;

  hybrid_clock clock_;
  id_randomness random_;
  durability standard_;
  bytes definition_;  // see frame_writer
  tail_buffer filling_;
  tail_buffer group_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
