// SPDX-License-Identifier: BSL-1.0
//
// index_layout.hpp: how an index file lies on the disk, as docs/format.md has it: a head, a table of sections, sections. What writes one is in
// index_file.hpp, what reads one in mapped_index.hpp. Numbers are little-endian.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../hash/digest.hpp"
#include "layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quipu::detail {

/// What an index file says of its segment.
struct index_cover {
  std::uint64_t first_sequence{};   ///< of the segment; events [first, next) are covered
  std::uint64_t next_sequence{};
  std::uint64_t log_bytes{};        ///< of the segment's file are covered; a commit ends there
  std::uint32_t tail_checksum{};    ///< CRC-32C of the segment's head and the last 4096 of these bytes; the caller computes and compares it
  bool sealed{};                    ///< `log_bytes` is all of the segment, and its last frame is the seal
  event_id first_id{};              ///< of the first event that is covered; nil where there is none
  event_id last_id{};               ///< of the last
  event_id last_id_of_log{};        ///< of the last event of the log so far, in an earlier segment perhaps; nil where there is none
  std::uint64_t entities_of_log{};  ///< how many entities the log has so far
  digest head{};                    ///< the log's head after the last event that is covered; zero where there is no chain
  bytes head_state{};               ///< what the head goes on from; empty where there is no chain. At most `index_head_state_limit` bytes

  friend bool operator==(const index_cover&, const index_cover&) = default;
};

/// Elements of a section; a section that would be empty is left out.
enum class index_section : std::uint32_t {
  places = 1,               ///< u32: all events in order, then the lists of entities, scopes, kinds, causes, conversations
  entities = 2,             ///< u32 name's offset, u32 name's size, u32 list's position, u32 list's size, u64 first and next entity sequence
  scopes = 3,               ///< u32 name's offset, u32 name's size, u32 list's position, u32 list's size
  kinds = 4,                ///< u16 kind, u16 zero, u32 list's position, u32 list's size; ascending
  coordinates = 5,          ///< u32 number of the entity, u32 number of the scope
  schemas = 6,              ///< u16 kind, u16 version, u32 text's offset, u32 text's size, u32 zero, u64 fingerprint; ascending
  keys = 7,                 ///< id, u32 place
  effects = 8,              ///< id of the cause, u32 list's position, u32 list's size
  conversations = 9,        ///< id of the conversation, u32 list's position, u32 list's size
  names = 10,               ///< bytes: names of entities and scopes, texts of schemas
  ids = 11,                 ///< first eight bytes of the id of every 64th event
  entity_slots = 12,        ///< u32: a hash table each
  scope_slots = 13,
  key_slots = 14,
  effect_slots = 15,
  conversation_slots = 16,
  head_state = 17,          ///< bytes
  holes = 18,               ///< u32 places of the frames that stand for dropped events
};
inline constexpr std::size_t index_section_count = 19;  // number 0 isn't used
inline constexpr std::array<std::size_t, index_section_count> index_element_sizes{0, 4, 32, 16, 12, 8, 24, 20, 24, 24, 1, 8, 4, 4, 4, 4, 4, 1, 4};

inline constexpr std::size_t index_most_sections = 64;    ///< that a file may have, those included that only a later version knows
inline constexpr std::size_t index_head_state_limit = 8192;
inline constexpr std::size_t index_id_distance = 64;
/// Further from its slot an entry never lies. Names that come about by themselves lie within a tenth of it; where somebody chose them to collide, the
/// segment has no index file rather than one that takes the square of their number to make.
inline constexpr std::size_t index_most_steps = 512;

/// A section's line in the table.
//    0   4  number
//    4   4  CRC-32C of the section and the zeros behind it
//    8   8  offset in the file, a multiple of 8
//   16   8  size in bytes
struct index_table_line {
  static constexpr std::size_t size = 24;
  std::uint32_t number{};
  std::uint32_t checksum{};
  std::uint64_t offset{};
  std::uint64_t bytes{};

  void put(std::byte* to) const noexcept {
    store_little_endian(to, number);
    store_little_endian(to + 4, checksum);
    store_little_endian(to + 8, offset);
    store_little_endian(to + 16, bytes);
  }
  [[nodiscard]] static index_table_line read(const std::byte* from) noexcept {
    return {load_little_endian<std::uint32_t>(from), load_little_endian<std::uint32_t>(from + 4), load_little_endian<std::uint64_t>(from + 8),
            load_little_endian<std::uint64_t>(from + 16)};
  }
  /// Sections follow each other without a gap, but for zeros up to a multiple of 8.
  [[nodiscard]] std::uint64_t end() const noexcept { return (offset + bytes + 7) / 8 * 8; }
};

/// The head of an index file: a common head, then
//   48   8  number of the segment's first event, as in the name
//   56   8  number of the event after the last that is covered
//   64   8  bytes of the segment that are covered
//   72   8  entities of the log so far
//   80  16  id of the first event, 96 of the last, 112 of the last in the log; zero where there is none
//  128  32  the log's head after the last event
//  160   4  CRC-32C of the segment's head and the last 4096 bytes that are covered
//  164   4  bits: 1 sealed
//  168   8  size of the index file
//  176   4  events that are listed
//  180   4  sections in the table
//  184   4  CRC-32C of the table
//  188   4  zero
struct index_head {
  static constexpr std::size_t size = 192;
  static constexpr std::string_view magic{"QUIPUIDX"};
  static constexpr std::uint32_t sealed_bit = 1;
  file_head common{};
  index_cover cover{};  // without the state of the head, which has a section
  std::uint64_t file_bytes{};
  std::uint32_t event_count{};
  std::uint32_t section_count{};
  std::uint32_t table_checksum{};

  void put(std::byte* to) const noexcept {
    common.put(to, magic, size);
    store_little_endian(to + 48, cover.first_sequence);
    store_little_endian(to + 56, cover.next_sequence);
    store_little_endian(to + 64, cover.log_bytes);
    store_little_endian(to + 72, cover.entities_of_log);
    std::memcpy(to + 80, cover.first_id.raw().data(), 16);
    std::memcpy(to + 96, cover.last_id.raw().data(), 16);
    std::memcpy(to + 112, cover.last_id_of_log.raw().data(), 16);
    std::memcpy(to + 128, cover.head.bytes().data(), digest::size);
    store_little_endian(to + 160, cover.tail_checksum);
    store_little_endian(to + 164, cover.sealed ? sealed_bit : std::uint32_t{0});
    store_little_endian(to + 168, file_bytes);
    store_little_endian(to + 176, event_count);
    store_little_endian(to + 180, section_count);
    store_little_endian(to + 184, table_checksum);
    file_head::seal(to, size);
  }

  /// Throws `errc::corrupt` or `errc::unsupported_format`; false where it has something that this program doesn't know.
  [[nodiscard]] bool take(bytes_view raw) {
    common.take(raw, magic, size, {});
    const std::byte* const from = raw.data();
    cover.first_sequence = load_little_endian<std::uint64_t>(from + 48);
    cover.next_sequence = load_little_endian<std::uint64_t>(from + 56);
    cover.log_bytes = load_little_endian<std::uint64_t>(from + 64);
    cover.entities_of_log = load_little_endian<std::uint64_t>(from + 72);
    cover.first_id = id_at(from + 80);
    cover.last_id = id_at(from + 96);
    cover.last_id_of_log = id_at(from + 112);
    std::array<std::byte, digest::size> head;
    std::memcpy(head.data(), from + 128, head.size());
    cover.head = digest{head};
    cover.tail_checksum = load_little_endian<std::uint32_t>(from + 160);
    const auto bits = load_little_endian<std::uint32_t>(from + 164);
    cover.sealed = (bits & sealed_bit) != 0;
    file_bytes = load_little_endian<std::uint64_t>(from + 168);
    event_count = load_little_endian<std::uint32_t>(from + 176);
    section_count = load_little_endian<std::uint32_t>(from + 180);
    table_checksum = load_little_endian<std::uint32_t>(from + 184);
    return (bits & ~sealed_bit) == 0;
  }

  [[nodiscard]] static event_id id_at(const std::byte* from) noexcept {
    std::array<std::uint8_t, 16> raw;
    std::memcpy(raw.data(), from, raw.size());
    return event_id{raw};
  }
};

/// Where a name, or an id's 16 bytes, belongs in a hash table: so many slots from the first, in a table whose size is a power of two.
[[nodiscard]] inline std::uint32_t index_hash(bytes_view of) noexcept {
  return crc32c(of);
}
/// Slots for so many entries: a power of two, so that a third of them is free. None for none.
[[nodiscard]] constexpr std::size_t index_slots_for(std::size_t entries) noexcept {
  if (entries == 0) return 0;
  std::size_t slots = 2;
  while (2 * slots < 3 * entries) slots *= 2;
  return slots;
}

}  // namespace quipu::detail
