// SPDX-License-Identifier: BSL-1.0
//
// index_layout.ipp: see journal/format/index_layout.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../event/event_id.hpp"
#include "../../../hash/crc32c.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/format/index_layout.hpp"
#include "../../../journal/format/layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL index_text index_text::load(const std::byte* from) noexcept {
  return {field<std::uint32_t>{0}.load(from), field<std::uint32_t>{4}.load(from)};
}

QUIPU_DECL void index_text::store(std::byte* to) const noexcept {
  field<std::uint32_t>{0}.store(to, offset);
  field<std::uint32_t>{4}.store(to, size);
}

QUIPU_DECL index_list index_list::load(const std::byte* from) noexcept {
  return {field<std::uint32_t>{0}.load(from), field<std::uint32_t>{4}.load(from)};
}

QUIPU_DECL void index_list::store(std::byte* to) const noexcept {
  field<std::uint32_t>{0}.store(to, position);
  field<std::uint32_t>{4}.store(to, count);
}

QUIPU_DECL void index_table_line::put(std::byte* to) const noexcept {
  layout::number.store(to, number);
  layout::reserved.store(to, 0);
  layout::offset.store(to, offset);
  layout::bytes.store(to, bytes);
}

QUIPU_DECL index_table_line index_table_line::read(const std::byte* from) noexcept {
  return {layout::number.load(from), layout::offset.load(from), layout::bytes.load(from)};
}

QUIPU_DECL void index_head::put(std::byte* to) const noexcept {
  common.put(to, magic, size, version);
  layout::first_sequence.store(to, cover.first_sequence);
  layout::next_sequence.store(to, cover.next_sequence);
  layout::log_bytes.store(to, cover.log_bytes);
  layout::entities_of_log.store(to, cover.entities_of_log);
  layout::first_id.store(to, cover.first_id);
  layout::last_id.store(to, cover.last_id);
  layout::last_id_of_log.store(to, cover.last_id_of_log);
  layout::log_head.store(to, cover.head);
  layout::tail_checksum.store(to, cover.tail_checksum);
  layout::bits.store(to, cover.sealed ? sealed_bit : 0);
  layout::file_bytes.store(to, file_bytes);
  layout::event_count.store(to, event_count);
  layout::section_count.store(to, section_count);
  layout::table_checksum.store(to, table_checksum);
  file_head::seal(to, size);
}

QUIPU_DECL bool index_head::take(bytes_view raw) {
  common.take(raw, magic, size, {}, layout_flag_chained | layout_flag_keyed, version);
  const std::byte* const from = raw.data();
  cover.first_sequence = layout::first_sequence.load(from);
  cover.next_sequence = layout::next_sequence.load(from);
  cover.log_bytes = layout::log_bytes.load(from);
  cover.entities_of_log = layout::entities_of_log.load(from);
  cover.first_id = layout::first_id.load(from);
  cover.last_id = layout::last_id.load(from);
  cover.last_id_of_log = layout::last_id_of_log.load(from);
  cover.head = layout::log_head.load(from);
  cover.tail_checksum = layout::tail_checksum.load(from);
  const std::uint32_t bits = layout::bits.load(from);
  cover.sealed = (bits & sealed_bit) != 0;
  file_bytes = layout::file_bytes.load(from);
  event_count = layout::event_count.load(from);
  section_count = layout::section_count.load(from);
  table_checksum = layout::table_checksum.load(from);
  return file_head::layout::version.load(from) == version && (bits & ~sealed_bit) == 0;
}

QUIPU_DECL std::uint32_t index_hash(bytes_view of) noexcept { return crc32c(of); }

}  // namespace quipu::detail::inline QUIPU_MODE
