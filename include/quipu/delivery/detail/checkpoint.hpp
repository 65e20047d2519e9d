// SPDX-License-Identifier: BSL-1.0
//
// checkpoint.hpp: the file of a named cursor: its position, its store, its region, and a state that was made of the
// events before. docs/format.md describes it for readers in other languages.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../journal/format/layout.hpp"
#include "region_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail {

inline constexpr std::string_view checkpoint_suffix = ".cursor";
inline constexpr std::size_t cursor_name_max_bytes = 80;
inline constexpr std::size_t cursor_state_max_bytes = std::size_t{256} << 20;

/// Name of the file of a cursor. Throws `errc::invalid_argument` if the cursor's name is empty or too long.
[[nodiscard]] inline std::string checkpoint_file_name(std::string_view cursor_name) {
  if (cursor_name.empty() || cursor_name.size() > cursor_name_max_bytes)
    throw error{errc::invalid_argument, "a cursor's name has 1 to 80 bytes",
                {.expected = cursor_name_max_bytes, .actual = cursor_name.size()}};
  std::string name;
  append_escaped(name, cursor_name, is_plain);
  return name.append(checkpoint_suffix);
}
/// The name of the cursor that a file belongs to; nothing for other files.
[[nodiscard]] inline std::optional<std::string> cursor_name_of(std::string_view file) {
  if (!file.ends_with(checkpoint_suffix)) return std::nullopt;
  auto name = unescaped(file.substr(0, file.size() - checkpoint_suffix.size()));
  if (name && (name->empty() || name->size() > cursor_name_max_bytes)) name.reset();
  return name;
}

/// The file: a head, and behind it the name, the region's text and the state. `created_at_us` of the common head is the
/// time of the commit.
struct checkpoint {
  struct layout {
    static constexpr field<std::uint64_t> next_sequence{48};
    static constexpr field<event_id> last{56};
    static constexpr field<std::uint64_t> commit{72};
    static constexpr field<std::uint32_t> name_size{80};
    static constexpr field<std::uint32_t> region_size{84};
    static constexpr field<std::uint32_t> state_size{88};
    static constexpr field<std::uint32_t> content_checksum{92};  ///< CRC-32C of everything behind the head
  };
  static constexpr std::string_view magic = "QUIPUCUR";
  static constexpr std::size_t head_size = 96;
  static_assert(fields_fill(file_head::common_size, head_size, layout::next_sequence, layout::last, layout::commit,
                            layout::name_size, layout::region_size, layout::state_size, layout::content_checksum));

  store_identity identity{};
  std::int64_t committed_at_us{};
  std::uint64_t next_sequence{};  ///< of the next event to consume
  event_id last{};                ///< id of the event before it; nil if unknown
  std::uint64_t commit{};         ///< ascends with each commit, by any instance of the cursor
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

  /// Throws `errc::corrupt` or `errc::unsupported_format`, with the file's path, unless this is the checkpoint of the
  /// cursor `of`.
  [[nodiscard]] static checkpoint decode(bytes_view raw, std::string_view of, const std::string& file) {
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
      throw_corrupt("the checkpoint isn't as long as it says", file, layout::name_size.offset);
    if (crc32c(rest) != layout::content_checksum.load(head))
      throw_corrupt("the checkpoint's checksum is wrong", file, layout::content_checksum.offset);
    read.name = std::string{rest.subview(0, name_size).text()};
    read.region = std::string{rest.subview(name_size, region_size).text()};
    read.state = rest.subview(name_size + region_size, state_size).copy();
    if (read.name != of) throw_corrupt("the checkpoint is of the cursor \"" + read.name + "\"", file, head_size);
    return read;
  }
};

}  // namespace quipu::detail
