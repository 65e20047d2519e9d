// SPDX-License-Identifier: BSL-1.0
//
// index_files.hpp: decides whether an index file fits its segment, and makes index files.
//
// A segment whose index file fits is not read when it is opened. The index file is checked against the last bytes that
// it covers, the frame that they end with, and the log's head there. Each event's frame is checked when it is first
// used.
#pragma once

#include "../../environment/environment.hpp"
#include "../../hash/crc32c.hpp"
#include "../../macros.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

/// The number of bytes at the end of the covered part that, with the segment's head, bind an index file to its segment.
[[nodiscard]] constexpr std::size_t binding_bytes(std::uint64_t log_bytes) noexcept {
  return static_cast<std::size_t>(std::min<std::uint64_t>(log_bytes, 4096));
}
[[nodiscard]] std::uint32_t binding_checksum(const std::byte* head, const std::byte* tail,
                                             std::size_t tail_size) noexcept;

/// Whether a segment begins with what an index covers, and that ends with a seal or with the mark of an orderly close.
/// `head` has the segment's first bytes; `read(to, count, offset)` reads others.
template <class Read>
[[nodiscard]] bool index_fits(const index_cover& cover, std::uint64_t segment_size, const store_identity& identity,
                              const std::byte* head, Read&& read) {
  const std::size_t last_size = cover.sealed ? frame_size(seal_content::size, 0, false) : frame_header_size;
  if (cover.log_bytes > segment_size || cover.log_bytes < segment_head::size + last_size) return false;
  if ((cover.sealed && cover.log_bytes != segment_size) || cover.next_sequence < cover.first_sequence) return false;
  std::array<std::byte, 4096> tail;
  const std::size_t size = binding_bytes(cover.log_bytes);
  if (!read(tail.data(), size, cover.log_bytes - size)) return false;
  if (binding_checksum(head, tail.data(), size) != cover.tail_checksum) return false;
  const std::byte* const at = tail.data() + (size - last_size);
  if (!check_frame(at, last_size, identity.checksum_seed, identity.chained)) return false;
  const frame_view frame = frame_view::any(at, identity.chained);
  if (!frame.is_internal() || frame.size() != last_size || frame.sequence() != cover.next_sequence) return false;
  if (!cover.sealed) return frame.kind() == event_kind::system_shutdown;
  const auto seal = seal_content::read(frame.payload());
  return frame.kind() == event_kind::system_checkpoint && seal && seal->next_sequence == cover.next_sequence &&
         seal->head == cover.head;
}

/// The index file of a segment; none if there is none that fits.
struct fitting_index {
  std::optional<mapped_index> index{};
  std::shared_ptr<const void> storage{};
};
[[nodiscard]] fitting_index index_of(const environment_directory& directory, const store_identity& identity,
                                     std::uint64_t number, const log_files::mapped_segment& mapped);

/// Maps a sealed segment, which was opened and not mapped, and its index file.
[[nodiscard]] segment_opener opener_of(const log_files& files, std::uint64_t number, log_files::mapped_segment opened);

/// Opens a segment through its index file; null if there is none that fits.
[[nodiscard]] std::shared_ptr<segment> segment_by_index(log_files& files, std::uint64_t number,
                                                        const log_files::mapped_segment& mapped);

/// Makes the index file of a segment whose index is in memory, up to `log_bytes`. `cover` has what the segment itself
/// does not know.
void write_index_file(log_files& files, const segment& of, std::uint64_t log_bytes, index_cover cover);

/// The cover of an index file for a log that ends at `end`. `head` is the log's head there.
[[nodiscard]] index_cover cover_of(const log_end& end, const log_head& head, bool chained, bool sealed);

/// How many of the first segments keep their files open, to detect that a file was cut off before its bytes are
/// touched: 256, and at most an eighth of the files that the process may open.
[[nodiscard]] std::size_t most_open_files() noexcept;

/// Replaces a complete segment by one that is read through its index file, so that memory does not grow with the log.
/// Does nothing if that fails, or if a compaction has replaced the segment under its name.
void read_by_index(log_files& files, std::shared_ptr<segment>& of, bool keeps_file, bool is_shared) noexcept;
/// Sets `end` and `result` to the end of what an index covers.
void take_cover(const index_cover& cover, const store_identity& identity, log_end& end, scan_result& result);

}  // namespace quipu::detail::inline QUIPU_MODE
