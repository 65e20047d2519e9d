// SPDX-License-Identifier: BSL-1.0
//
// log_compactor.ipp: see journal/maintain/log_compactor.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/maintain/compaction.hpp"
#include "../../../journal/maintain/log_compactor.hpp"
#include "../../../journal/maintain/segment_rewriter.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void log_compactor::make_indexes() noexcept {
  for (std::size_t number = 0; number < made_.size(); ++number) {
    if (!covers_[number]) continue;  // the next opening makes the index file
    try {
      write_index_file(files_, *made_[number], made_[number]->size(), *covers_[number]);
    } catch (...) {
      continue;
    }
    read_by_index(files_, made_[number], positions_[number] < most_open_files(), false);
  }
}

QUIPU_DECL std::uint64_t log_compactor::look_count(const segment& of) { return of.size_of(of.all()); }

QUIPU_DECL bool log_compactor::takes(const std::shared_ptr<segment>& of, const frame_view& frame) {
  if (policy_.policy() == how::tombstone && frame.kind() == event_kind::tombstone)
    return false;  // there is nothing left to erase
  return !policy_.keep()(event_view{frame, of});
}

QUIPU_DECL std::size_t log_compactor::group_end(std::size_t begin) const noexcept {
  std::uint64_t size = plans_[begin].size;
  std::size_t end = begin + 1;
  while (end < plans_.size() && size + plans_[end].size - segment_head::size <= segment_max_bytes_)
    size += plans_[end++].size - segment_head::size;
  return end;
}

QUIPU_DECL std::shared_ptr<segment> log_compactor::read_back(std::uint64_t first, const segment& last) {
  const auto opened = files_.map_segment(first, segment_name(first, replacement_suffix), 0, open_mode::read,
                                         positions_.back() < most_open_files());
  auto shared = std::make_shared<segment>(opened.path, first, files_.identity(), opened.bytes);
  log_end end;
  segment_scan reading{*shared, files_.identity(), end, segment_scan::readers::none_yet, true};
  const auto result = reading.run(static_cast<std::size_t>(opened.size), false);
  const auto seal_at = static_cast<std::size_t>(last.size()) - frame_size(40, 0, false);
  const auto expected = seal_content::read(frame_view{last.base() + seal_at, false}.payload());
  if (!expected || result.seal->next_sequence != expected->next_sequence || result.seal->head != expected->head)
    throw_corrupt("what a compaction wrote doesn't end as what it was made from", shared->path(), result.end);
  shared->complete(opened.size);
  covers_.push_back(last.cover() == nullptr ? std::nullopt : std::optional{*last.cover()});
  if (covers_.back()) covers_.back()->head_state = last.head_state().copy();
  return shared;
}

}  // namespace quipu::detail::inline QUIPU_MODE
