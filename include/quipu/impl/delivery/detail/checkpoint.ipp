// SPDX-License-Identifier: BSL-1.0
//
// checkpoint.ipp: see delivery/detail/checkpoint.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/bytes.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/detail/checkpoint.hpp"
#include "../../../delivery/detail/region_text.hpp"
#include "../../../event/event_id.hpp"
#include "../../../hash/crc32c.hpp"
#include "../../../journal/format/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::string escaped_cursor_name(std::string_view cursor_name) {
  if (cursor_name.empty() || cursor_name.size() > cursor_name_max_bytes)
    throw error{errc::invalid_argument,
                "the name of a cursor must have 1 to 80 bytes",
                {.expected = cursor_name_max_bytes, .actual = cursor_name.size()}};
  std::string name;
  append_escaped(name, cursor_name, is_plain);
  return name;
}

QUIPU_DECL std::string checkpoint_file_name(std::string_view cursor_name) {
  return escaped_cursor_name(cursor_name).append(checkpoint_suffix);
}

QUIPU_DECL std::optional<std::string> cursor_name_of(std::string_view file) {
  if (!file.ends_with(checkpoint_suffix)) return std::nullopt;
  auto name = unescaped(file.substr(0, file.size() - checkpoint_suffix.size()));
  if (name && (name->empty() || name->size() > cursor_name_max_bytes)) name.reset();
  return name;
}

QUIPU_DECL bytes checkpoint::encode() const {
  bytes raw(head_size);
  byte_writer writer{raw};
  writer.write(bytes_view{name});
  writer.write(bytes_view{region});
  writer.write(bytes_view{state});
  file_head common;
  common.identity = identity;
  common.created_at_us = committed_at_us;
  std::byte* const head = raw.data();
  common.put(head, magic, head_size);
  layout::next_sequence.store(head, next_sequence);
  layout::last.store(head, last);
  layout::commit.store(head, commit);
  layout::name_size.store(head, static_cast<std::uint32_t>(name.size()));
  layout::region_size.store(head, static_cast<std::uint32_t>(region.size()));
  layout::state_size.store(head, static_cast<std::uint32_t>(state.size()));
  layout::content_checksum.store(head, crc32c(bytes_view{raw}.subview(head_size)));
  file_head::seal(head, head_size);
  return raw;
}

QUIPU_DECL checkpoint checkpoint::decode(bytes_view raw, std::string_view of, const std::string& file) {
  checkpoint read;
  file_head common;
  common.take(raw, magic, head_size, file);
  read.identity = common.identity;
  read.committed_at_us = common.created_at_us;
  const std::byte* const head = raw.data();
  read.next_sequence = layout::next_sequence.load(head);
  read.last = layout::last.load(head);
  read.commit = layout::commit.load(head);
  const std::size_t name_size = layout::name_size.load(head);
  const std::size_t region_size = layout::region_size.load(head);
  const std::size_t state_size = layout::state_size.load(head);
  const bytes_view rest = raw.subview(head_size);
  if (std::uint64_t{name_size} + region_size + state_size != rest.size())
    throw_corrupt("the size of the checkpoint differs from the size in its head", file, layout::name_size.offset);
  if (crc32c(rest) != layout::content_checksum.load(head))
    throw_corrupt("the checkpoint's checksum is wrong", file, layout::content_checksum.offset);
  read.name = std::string{rest.subview(0, name_size).text()};
  read.region = std::string{rest.subview(name_size, region_size).text()};
  read.state = rest.subview(name_size + region_size, state_size).copy();
  if (read.name != of) throw_corrupt("the checkpoint belongs to the cursor \"" + read.name + "\"", file, head_size);
  return read;
}

}  // namespace quipu::detail::inline QUIPU_MODE
