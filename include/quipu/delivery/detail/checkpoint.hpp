// SPDX-License-Identifier: BSL-1.0
//
// checkpoint.hpp: what a named cursor keeps on the disk, as docs/format.md has it: where it is, of which log and which region, and a state
// that was made from the events before.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../journal/format/layout.hpp"
#include "region_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail {

inline constexpr std::string_view checkpoint_suffix = ".cursor";
inline constexpr std::size_t cursor_name_max_bytes = 80;
inline constexpr std::size_t cursor_state_max_bytes = std::size_t{256} << 20;

/// The file of a cursor's checkpoint. Throws `errc::invalid_argument` for what is no name.
[[nodiscard]] inline std::string checkpoint_file_name(std::string_view cursor_name) {
  if (cursor_name.empty() || cursor_name.size() > cursor_name_max_bytes)
    throw error{errc::invalid_argument, "a cursor's name has 1 to 80 bytes", {.expected = cursor_name_max_bytes, .actual = cursor_name.size()}};
  std::string name;
  append_escaped(name, cursor_name, is_plain);
  return name.append(checkpoint_suffix);
}
/// The name of the cursor whose checkpoint a file is; nothing for another file.
[[nodiscard]] inline std::optional<std::string> cursor_name_of(std::string_view file) {
  if (!file.ends_with(checkpoint_suffix)) return std::nullopt;
  auto name = unescaped(file.substr(0, file.size() - checkpoint_suffix.size()));
  if (name && (name->empty() || name->size() > cursor_name_max_bytes)) name.reset();
  return name;
}

/// The file: a head of 96 bytes, and behind it the name, the region's text and the state.
//    0  48  as every file of a store begins (layout.hpp), with the magic QUIPUCUR; made at: when the cursor was committed
//   48   8  number of the event that comes next
//   56  16  id of the event before that one
//   72   8  number of the commit: greater with each, whoever commits
//   80   4  size of the name
//   84   4  size of the region's text
//   88   4  size of the state
//   92   4  CRC-32C of all that follows
struct checkpoint {
  static constexpr std::string_view magic = "QUIPUCUR";
  static constexpr std::size_t head_size = 96;

  store_identity identity{};
  std::int64_t committed_at_us{};
  std::uint64_t next_sequence{};
  event_id last{};
  std::uint64_t commit{};
  std::string name{};
  std::string region{};
  bytes state{};

  [[nodiscard]] bytes encode() const {
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
    store_little_endian(head + 48, next_sequence);
    std::memcpy(head + 56, last.raw().data(), 16);
    store_little_endian(head + 72, commit);
    store_little_endian(head + 80, static_cast<std::uint32_t>(name.size()));
    store_little_endian(head + 84, static_cast<std::uint32_t>(region.size()));
    store_little_endian(head + 88, static_cast<std::uint32_t>(state.size()));
    store_little_endian(head + 92, crc32c(bytes_view{raw}.subview(head_size)));
    file_head::seal(head, head_size);
    return raw;
  }

  /// Throws `errc::corrupt` or `errc::unsupported_format`, with the file's path, for anything but the checkpoint of this cursor.
  [[nodiscard]] static checkpoint decode(bytes_view raw, std::string_view of, const std::string& file) {
    checkpoint read;
    file_head common;
    common.take(raw, magic, head_size, file);
    read.identity = common.identity;
    read.committed_at_us = common.created_at_us;
    const std::byte* const head = raw.data();
    read.next_sequence = load_little_endian<std::uint64_t>(head + 48);
    std::array<std::uint8_t, 16> id;
    std::memcpy(id.data(), head + 56, id.size());
    read.last = event_id{id};
    read.commit = load_little_endian<std::uint64_t>(head + 72);
    const std::size_t name_size = load_little_endian<std::uint32_t>(head + 80);
    const std::size_t region_size = load_little_endian<std::uint32_t>(head + 84);
    const std::size_t state_size = load_little_endian<std::uint32_t>(head + 88);
    const bytes_view rest = raw.subview(head_size);
    if (std::uint64_t{name_size} + region_size + state_size != rest.size()) throw_corrupt("the checkpoint isn't as long as it says", file, 80);
    if (crc32c(rest) != load_little_endian<std::uint32_t>(head + 92)) throw_corrupt("the checkpoint's checksum is wrong", file, 92);
    read.name = std::string{rest.subview(0, name_size).text()};
    read.region = std::string{rest.subview(name_size, region_size).text()};
    read.state = rest.subview(name_size + region_size, state_size).copy();
    if (read.name != of) throw_corrupt("the checkpoint is of the cursor \"" + read.name + "\"", file, head_size);
    return read;
  }
};

}  // namespace quipu::detail
