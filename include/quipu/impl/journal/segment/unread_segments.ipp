// SPDX-License-Identifier: BSL-1.0
//
// unread_segments.ipp: see journal/segment/unread_segments.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_list.hpp"
#include "../../../journal/segment/unread_segments.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL unread_segments unread_segments::of(log_files& files, const log_files::placed_list& placed, bool is_shared) {
  constexpr std::size_t read_at_once =
      2;  // the last one, and one that says what came before it if it has to be scanned
  unread_segments all;
  if (placed.size() <= read_at_once) return all;
  const std::size_t count = std::min(placed.size() - read_at_once, most_open_files());
  try {
    for (std::size_t position = 0; position < count; ++position)
      if (!all.take(files, placed[position], is_shared)) return {};
  } catch (const error&) {
    return {};
  }
  return placed[count].first_sequence == all.next_sequence ? all : unread_segments{};
}

QUIPU_DECL bool unread_segments::take(log_files& files, const log_files::placed_segment& placed, bool is_shared) {
  if (!placed.has_index || placed.first_sequence != next_sequence) return false;
  log_files::mapped_segment found = files.open_segment(placed);
  const auto seal = found.read_seal(files.identity());
  if (!seal || (!segments.empty() && found.head_before != head)) return false;
  found.bytes.is_shared = is_shared;
  next_sequence = seal->next_sequence;
  head = seal->head;
  generation = std::max(generation, found.bytes.generation);
  const std::string path = found.path;
  const segment_bytes bytes = found.bytes;
  const std::uint64_t size = found.size;
  segments.push_back(std::make_shared<segment>(path, placed.first_sequence, files.identity(), bytes, size,
                                               opener_of(files, placed.first_sequence, std::move(found))));
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
