// SPDX-License-Identifier: BSL-1.0
//
// index_files.hpp: the index file beside a segment: whether it fits the segment that is there, and how it is made.
//
// One that fits spares reading the segment. It is believed that the segment is what it was when the index was made, which the last bytes that it covers,
// the frame they end with, and the log's head there confirm; each event is checked when it is asked for.
#pragma once

#include "../../environment/environment.hpp"
#include "../../hash/crc32c.hpp"
#include "../format/layout.hpp"
#include "../write/log_head.hpp"
#include "index_file.hpp"
#include "log_files.hpp"
#include "mapped_index.hpp"
#include "segment.hpp"
#include "segment_scan.hpp"

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

namespace quipu::detail {

/// How many bytes before the end of what it covers bind an index file to its segment, together with the segment's head.
[[nodiscard]] constexpr std::size_t binding_bytes(std::uint64_t log_bytes) noexcept {
  return static_cast<std::size_t>(std::min<std::uint64_t>(log_bytes, 4096));
}
[[nodiscard]] inline std::uint32_t binding_checksum(const std::byte* head, const std::byte* tail, std::size_t tail_size) noexcept {
  return crc32c(bytes_view{tail, tail_size}, crc32c(bytes_view{head, segment_head::size}));
}

/// Whether what an index covers is what a segment begins with, and ends with a seal, or with the mark of an orderly close. `read(to, count, offset)`
/// reads the segment.
template <class Read>
[[nodiscard]] bool index_fits(const index_cover& cover, std::uint64_t segment_size, const store_identity& identity, Read&& read) {
  const std::size_t last_size = cover.sealed ? frame_size(seal_content::size, 0, false) : frame_header_size;
  if (cover.log_bytes > segment_size || cover.log_bytes < segment_head::size + last_size) return false;
  if ((cover.sealed && cover.log_bytes != segment_size) || cover.next_sequence < cover.first_sequence) return false;
  std::array<std::byte, segment_head::size> head;
  std::array<std::byte, 4096> tail;
  const std::size_t size = binding_bytes(cover.log_bytes);
  if (!read(head.data(), head.size(), 0) || !read(tail.data(), size, cover.log_bytes - size)) return false;
  if (binding_checksum(head.data(), tail.data(), size) != cover.tail_checksum) return false;
  const std::byte* const at = tail.data() + (size - last_size);
  if (!check_frame(at, last_size, identity.checksum_seed, identity.chained)) return false;
  const frame_view frame = frame_view::any(at, identity.chained);
  if (!frame.is_internal() || frame.size() != last_size || frame.sequence() != cover.next_sequence) return false;
  if (!cover.sealed) return frame.kind() == event_kind::system_shutdown;
  const auto seal = seal_content::read(frame.payload());
  return frame.kind() == event_kind::system_checkpoint && seal && seal->next_sequence == cover.next_sequence && seal->head == cover.head;
}

/// A segment, read through its index file; null where there is none that fits.
[[nodiscard]] inline std::shared_ptr<segment> segment_by_index(
    log_files& files, std::uint64_t number, const log_files::mapped_segment& mapped) {
  const auto raw = files.map_index(number);
  if (raw.content.empty()) return {};
  const auto index = mapped_index::open(raw.content, files.identity(), number);
  const auto read = [&mapped](std::byte* to, std::size_t count, std::uint64_t offset) { return mapped.read(to, count, offset); };
  if (!index || !index_fits(index->cover(), mapped.size, files.identity(), read)) return {};
  return std::make_shared<segment>(mapped.path, number, files.identity(), mapped.bytes, *index, raw.storage);
}

/// Makes the index file of a segment whose index is in memory, and covers it up to `log_bytes`. `cover` says what the log is like there; what the segment
/// knows is filled in.
inline void write_index_file(log_files& files, const segment& of, std::uint64_t log_bytes, index_cover cover) {
  cover.first_sequence = of.first_sequence();
  cover.log_bytes = log_bytes;
  const std::size_t binding = binding_bytes(log_bytes);
  cover.tail_checksum = binding_checksum(of.base(), of.base() + (log_bytes - binding), binding);
  const auto id_of = [&of](std::uint32_t place) { return of.sound_frame_at(place).id(); };
  const bytes content = of.with_index([&](const segment_index& index) {
    cover.first_id = index.order().empty() ? event_id{} : id_of(index.order().front());
    cover.last_id = index.order().empty() ? event_id{} : id_of(index.order().back());
    // As if it were made with the last event: then what a store looks like depends on its events alone.
    const std::int64_t made_at_us = cover.last_id_of_log.is_nil() ? 0 : cover.last_id_of_log.reading().wall_us;
    return encode_index(index, cover, of.identity(), made_at_us, id_of);
  });
  if (!content.empty()) files.write_index(of.first_sequence(), bytes_view{content});
}

/// What an index file is to say of the log where it has `end`. `head` has the log's head there.
[[nodiscard]] inline index_cover cover_of(const log_end& end, const log_head& head, bool chained, bool sealed) {
  index_cover cover;
  cover.next_sequence = end.next_sequence;
  cover.sealed = sealed;
  cover.last_id_of_log = end.last_id;
  cover.entities_of_log = end.entity_count;
  if (chained) head.save(cover.head, cover.head_state);
  return cover;
}

/// As many of the first segments keep their files open, so that one that is cut off is found out before its bytes are touched: 256, and no more than an
/// eighth of what the process may open.
[[nodiscard]] inline std::size_t most_open_files() noexcept {
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0) return 16;
  return static_cast<std::size_t>(std::min<std::uint64_t>(allowed.rlim_cur / 8, 256));
}

/// Reads a complete segment through its index file from now on, so that memory doesn't grow with the log; as before where that can't be, or where a
/// compaction has made another segment of that name since.
inline void read_by_index(log_files& files, std::shared_ptr<segment>& of, bool keeps_file, bool is_shared) noexcept {
  try {
    auto mapped = files.map_segment(of->first_sequence(), 0, open_mode::read, keeps_file);
    if (mapped.size != of->size() || std::memcmp(mapped.bytes.base, of->base(), segment_head::size) != 0) return;
    mapped.bytes.is_shared = is_shared;
    if (auto covered = segment_by_index(files, of->first_sequence(), mapped)) of = std::move(covered);
  } catch (...) {
    return;  // no descriptor left, perhaps
  }
}
/// Goes on at the end of what an index covers.
inline void take_cover(const index_cover& cover, const store_identity& identity, log_end& end, scan_result& result) {
  end.next_sequence = cover.next_sequence;
  end.last_id = cover.last_id_of_log;
  end.entity_count = cover.entities_of_log;
  end.entities.clear();  // it doesn't know of the events that are covered
  result = {};
  result.end = cover.log_bytes;
  result.flushed = cover.log_bytes - frame_header_size;  // of the frame that it ends with nothing says so yet
  result.sealed = cover.sealed;
  result.closed = !cover.sealed;
  if (cover.sealed) result.seal = seal_content{cover.next_sequence, identity.chained ? cover.head : digest{}};
}

}  // namespace quipu::detail
