// SPDX-License-Identifier: BSL-1.0
//
// commit_builder.ipp: see journal/write/commit_builder.hpp.
#pragma once

#include "../../../coordinate/hybrid_clock.hpp"
#include "../../../event/event_id.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/commit_builder.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/segment_writer.hpp"
#include "../../../journal/write/staged_commit.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void commit_builder::continue_after(const event_id& last) noexcept {
  if (!last.is_nil()) clock_ = hybrid_clock{last.reading()};
}

QUIPU_DECL event_id commit_builder::make_id(std::int64_t now_us) noexcept { return make_id(now_us, random_); }

QUIPU_DECL void commit_builder::reserve(const placement& placing) {
  filling_.reserve(static_cast<std::size_t>(placing.most_bytes()), 3 * placing.size());
  definition_.reserve(placing.definition_bytes());
}

QUIPU_DECL placed_commit commit_builder::lay_out(placement& placing, std::span<receipt> receipts, segment_writer& to,
                                                 std::uint64_t sequence, std::int64_t now_us) noexcept {
  placed_commit made{.begin = sequence, .end = sequence};
  id_randomness given{placing.replica() != nullptr ? placing.replica()->seed : 0};
  id_randomness& random = placing.replica() != nullptr ? given : random_;
  placing.write(to.frames_into(filling_, definition_, made.end), receipts, [&] { return make_id(now_us, random); });
  made.durable_until = durable_end(placing, receipts, made);
  return made;
}

QUIPU_DECL placed_commit commit_builder::lay_out_staged(placement& placing, std::span<receipt> receipts,
                                                        segment_writer& to, std::uint64_t sequence,
                                                        const staged_commit& staged) noexcept {
  placed_commit made{.begin = sequence, .end = sequence};
  std::size_t index = 0;
  placing.write(to.frames_into(filling_, definition_, made.end), receipts,
                [&staged, &index] { return staged.id(index++); });
  made.durable_until = durable_end(placing, receipts, made);
  return made;
}

QUIPU_DECL void commit_builder::lay_out_note(const compaction_note& note, std::uint64_t sequence) {
  filling_.reserve(compaction_note::frame_bytes, 1);
  note.write(filling_.add(compaction_note::frame_bytes, nullptr), sequence);
}

QUIPU_DECL std::uint64_t commit_builder::durable_end(const placement& placing, std::span<const receipt> receipts,
                                                     const placed_commit& made) const noexcept {
  std::uint64_t end = 0;
  for (std::size_t index = 0; index < placing.size(); ++index)
    if (placing.entry(index).options->durability.value_or(standard_) == durability::durable)
      end = std::max(end, receipts[index].sequence + 1);
  return made.end != made.begin && end > made.begin ? made.end : end;
}

}  // namespace quipu::detail::inline QUIPU_MODE
