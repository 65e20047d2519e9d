// SPDX-License-Identifier: BSL-1.0
//
// repair.hpp: makes the checksums of a store's files fit again, whatever their bytes say, so that what lies behind the
// checksums is reached.
#pragma once

#include "raw_log.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/delivery/detail/checkpoint.hpp>
#include <quipu/delivery/detail/checkpoint_files.hpp>
#include <quipu/hash/crc32c.hpp>
#include <quipu/journal/format/compaction_manifest.hpp>
#include <quipu/journal/format/index_layout.hpp>
#include <quipu/journal/format/recorded_end.hpp>
#include <quipu/journal/format/replica_mark.hpp>
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace raw_log {

/// Makes every checksum fit that lies within the bytes, whatever they say.
inline void repair_index(quipu::bytes& file) {
  using head = quipu::detail::index_head::layout;
  using table_line = quipu::detail::index_table_line::layout;
  constexpr std::size_t head_size = quipu::detail::index_head::size;
  constexpr std::size_t line_size = quipu::detail::index_table_line::size;
  constexpr std::size_t block_size = quipu::detail::index_block_size;
  if (file.size() < head_size) return;
  const auto sections = number_at(file, head::section_count);
  const std::size_t table = std::min<std::size_t>(sections, (file.size() - head_size) / line_size) * line_size;
  std::size_t begin = head_size + table;  // of the sections; the checksums of their blocks lie before them
  if (table != 0)
    begin = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(number_at(file, table_line::offset, head_size), begin, file.size()));
  std::size_t checksum = head_size + table;
  for (std::size_t at = begin; at < file.size() && checksum + 4 <= begin; at += block_size, checksum += 4)
    put_number(file, checksum, quipu::detail::crc32c(quipu::bytes_view{file}.subview(at, block_size)));
  put_field(file, head::table_checksum,
            quipu::detail::crc32c(quipu::bytes_view{file.data() + head_size, begin - head_size}));
  quipu::detail::file_head::seal(file.data(), head_size);
}

/// Repairs the head, of this size, and the checksum of all that follows it, which lies in the head.
template <class... Checksum>
void repair_head(quipu::bytes& file, std::size_t size, Checksum... of_the_rest) {
  if (file.size() < size) return;
  (put_field(file, of_the_rest, quipu::detail::crc32c(quipu::bytes_view{file}.subview(size))), ...);
  file_head::seal(file.data(), size);
}

/// Repairs the head and the frames, as far as their sizes lead.
inline void repair_segment(quipu::bytes& file) {
  repair_head(file, segment_head::size);
  std::size_t at = segment_head::size;
  while (at + quipu::detail::frame_header_size <= file.size()) {
    const std::size_t size = number_at(file, frame_layout::size, at);
    if (size < quipu::detail::frame_header_size || size > file.size() - at) return;
    quipu::detail::set_frame_checksum(file.data() + at, number_at(file, file_head::layout::checksum_seed));
    at += size;
  }
}

/// Repairs a file by what its name says that it is.
inline void repair_file(std::string_view name, quipu::bytes& file) {
  if (name.ends_with(quipu::detail::segment_suffix)) return repair_segment(file);
  if (name.ends_with(quipu::detail::index_suffix)) return repair_index(file);
  if (name.ends_with(quipu::detail::checkpoint_suffix))
    return repair_head(file, quipu::detail::checkpoint::head_size, quipu::detail::checkpoint::layout::content_checksum);
  if (name == quipu::detail::compaction_file_name)
    return repair_head(file, quipu::detail::compaction_manifest::head_size,
                       quipu::detail::compaction_manifest::layout::numbers_checksum);
  if (name == quipu::detail::store_file_name) return repair_head(file, quipu::detail::store_head::size);
  if (name == quipu::detail::end_file_name) return repair_head(file, quipu::detail::recorded_end::size);
  if (name == quipu::detail::replica_file_name) return repair_head(file, quipu::detail::replica_mark::size);
  if (name.ends_with(quipu::detail::checkpoint_part::suffix))
    return repair_head(file, quipu::detail::checkpoint_part::head_size);
}

}  // namespace raw_log
