// SPDX-License-Identifier: BSL-1.0
//
// log_head.ipp: see journal/write/log_head.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../hash/blake3.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/write/log_head.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL digest log_head::after(const log_snapshot& seen) {
  const std::lock_guard lock{mutex_};
  for (std::size_t position = seen.position_of_sequence(hashed_);
       position < seen.segment_count() && hashed_ < seen.end_sequence; ++position) {
    const std::uint64_t end =
        position + 1 < seen.segment_count() ? seen.at(position + 1)->first_sequence() : seen.end_sequence;
    if (hashed_ < end) take(*seen.at(position), end);
  }
  return hasher_.finish();
}

QUIPU_DECL void log_head::save(digest& head, bytes& state) const {
  const std::lock_guard lock{mutex_};
  head = hasher_.finish();
  hasher_.save(state);
}

QUIPU_DECL void log_head::restore(const digest& head, bytes_view state, std::uint64_t count) {
  blake3_hasher hasher;
  if (!hasher.restore(state) || hasher.finish() != head) return;
  const std::lock_guard lock{mutex_};
  if (count < hashed_) return;
  hasher_ = hasher;
  hashed_ = count;
}

QUIPU_DECL void log_head::take(const segment& in, std::uint64_t end) {
  constexpr std::size_t together = 1024;  // 32 KiB: many chunks are hashed at once
  std::uint32_t places[together];
  const auto all = in.all();
  std::size_t from = in.position_of_sequence(all, hashed_);
  while (hashed_ < end) {
    const std::size_t count = in.copy_places(all, from, places, together);
    hashes_.clear();
    std::uint64_t behind = hashed_;  // if reading throws, nothing was added
    std::size_t taken = 0;
    for (; taken < count && behind < end; ++taken, ++behind) {
      const frame_view frame = in.frame_at(places[taken]);
      if (frame.sequence() != behind) break;
      add(frame.hash());
    }
    if (taken == 0) behind = take_hole(in, end);
    hasher_.update(bytes_view{hashes_});
    hashed_ = behind;
    from += taken;
  }
}

QUIPU_DECL std::uint64_t log_head::take_hole(const segment& in, std::uint64_t end) {
  const auto holes = in.holes();
  const std::size_t behind =
      in.count_while(holes, [&](std::uint32_t place) { return in.hole_or_event_at(place).sequence() <= hashed_; });
  if (behind == 0) throw_corrupt("an event is missing", in.path(), 0);
  const hole dropped{in.hole_or_event_at(*in.place_at(holes, behind - 1)), true};
  const std::uint64_t behind_it = dropped.first_sequence() + dropped.count();
  if (behind_it <= hashed_ || behind_it > end) throw_corrupt("an event is missing", in.path(), 0);
  dropped.each([&](const dropped_event& each) {
    if (each.sequence >= hashed_) add(each.hash);
  });
  return behind_it;
}

}  // namespace quipu::detail::inline QUIPU_MODE
