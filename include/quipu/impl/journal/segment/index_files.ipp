// SPDX-License-Identifier: BSL-1.0
//
// index_files.ipp: see journal/segment/index_files.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../hash/crc32c.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/index_file.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/write/log_head.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sys/resource.h>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint32_t binding_checksum(const std::byte* head, const std::byte* tail,
                                          std::size_t tail_size) noexcept {
  return crc32c(bytes_view{tail, tail_size}, crc32c(bytes_view{head, segment_head::size}));
}

QUIPU_DECL fitting_index index_of(const environment_directory& directory, const store_identity& identity,
                                  std::uint64_t number, const log_files::mapped_segment& mapped) {
  auto raw = log_files::map_index(directory, number);
  if (raw.content.empty()) return {};
  auto index = mapped_index::open(raw.content, identity, number);
  const auto read = [&mapped](std::byte* to, std::size_t count, std::uint64_t offset) {
    return mapped.read(to, count, offset);
  };
  if (!index || !index_fits(index->cover(), mapped.size, identity, mapped.head.data(), read)) return {};
  return {std::move(index), std::move(raw.storage)};
}

QUIPU_DECL segment_opener opener_of(const log_files& files, std::uint64_t number, log_files::mapped_segment opened) {
  const auto kept = std::make_shared<log_files::mapped_segment>(std::move(opened));
  return [kept, number, directory = files.shared_directory(), identity = files.identity()]() -> mapped_files {
    kept->map(0);
    fitting_index fitting = index_of(*directory, identity, number, *kept);
    if (fitting.index && !fitting.index->cover().sealed) fitting = {};
    return {kept->bytes.base, std::move(fitting.index), std::move(fitting.storage)};
  };
}

QUIPU_DECL std::shared_ptr<segment> segment_by_index(log_files& files, std::uint64_t number,
                                                     const log_files::mapped_segment& mapped) {
  fitting_index found = index_of(files.directory(), files.identity(), number, mapped);
  if (!found.index) return {};
  return std::make_shared<segment>(mapped.path, number, files.identity(), mapped.bytes, std::move(*found.index),
                                   std::move(found.storage));
}

QUIPU_DECL void write_index_file(log_files& files, const segment& of, std::uint64_t log_bytes, index_cover cover) {
  cover.first_sequence = of.first_sequence();
  cover.log_bytes = log_bytes;
  const std::size_t binding = binding_bytes(log_bytes);
  cover.tail_checksum = binding_checksum(of.base(), of.base() + (log_bytes - binding), binding);
  const auto id_of = [&of](std::uint32_t place) { return of.sound_frame_at(place).id(); };
  const bytes content = of.with_whole_index([&](const segment_index& index) {
    cover.first_id = index.order().empty() ? event_id{} : id_of(index.order().front());
    cover.last_id = index.order().empty() ? event_id{} : id_of(index.order().back());
    // The time of the last event, so that equal logs have equal index files.
    const std::int64_t made_at_us = cover.last_id_of_log.is_nil() ? 0 : cover.last_id_of_log.reading().wall_us;
    return encode_index(index, cover, of.identity(), made_at_us, id_of);
  });
  if (!content.empty()) files.write_index(of.first_sequence(), bytes_view{content});
}

QUIPU_DECL index_cover cover_of(const log_end& end, const log_head& head, bool chained, bool sealed) {
  index_cover cover;
  cover.next_sequence = end.next_sequence;
  cover.sealed = sealed;
  cover.last_id_of_log = end.last_id;
  cover.entities_of_log = end.entity_count;
  if (chained) head.save(cover.head, cover.head_state);
  return cover;
}

QUIPU_DECL std::size_t most_open_files() noexcept {
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0) return 16;
  return static_cast<std::size_t>(std::min<std::uint64_t>(allowed.rlim_cur / 8, 256));
}

QUIPU_DECL void read_by_index(log_files& files, std::shared_ptr<segment>& of, bool keeps_file,
                              bool is_shared) noexcept {
  try {
    auto mapped = files.map_segment(of->first_sequence(), 0, open_mode::read, keeps_file);
    if (mapped.size != of->size() || std::memcmp(mapped.bytes.base, of->base(), segment_head::size) != 0) return;
    mapped.bytes.is_shared = is_shared;
    if (auto covered = segment_by_index(files, of->first_sequence(), mapped)) of = std::move(covered);
  } catch (...) {
    return;  // keeps the segment as it is
  }
}

QUIPU_DECL void take_cover(const index_cover& cover, const store_identity& identity, log_end& end,
                           scan_result& result) {
  end.next_sequence = cover.next_sequence;
  end.last_id = cover.last_id_of_log;
  end.entity_count = cover.entities_of_log;
  end.entities.clear();  // the table lacks the covered events
  result = {};
  result.end = cover.log_bytes;
  result.flushed = cover.log_bytes - frame_header_size;  // the last frame itself may not be flushed
  result.sealed = cover.sealed;
  result.closed = !cover.sealed;
  if (cover.sealed) result.seal = seal_content{cover.next_sequence, identity.chained ? cover.head : digest{}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
