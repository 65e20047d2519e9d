// SPDX-License-Identifier: BSL-1.0
//
// layout.hpp: the files of a store and their heads, as docs/format.md has them. Numbers are little-endian.
//
//   quipu.store                         what the store is: 64 bytes, written once
//   quipu.lock                          locked by the writer
//   00000000000000000000.segment        frames; the name is the number of the first event in it, 20 decimal digits
//   00000000000000000000.index          where the events of that segment are; can be made again from it
//   00000000000000000000.segment.new    written by a compaction that isn't over: means something only where quipu.compaction lists it
//   quipu.compaction                    a compaction that is decided and not over
//   one of these names and .tmp         being made; removed by the next writer
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../hash/crc32c.hpp"
#include "../../hash/digest.hpp"
#include "../../version.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail {

inline constexpr std::string_view store_file_name = "quipu.store";
inline constexpr std::string_view lock_file_name = "quipu.lock";
inline constexpr std::string_view compaction_file_name = "quipu.compaction";
inline constexpr std::string_view segment_suffix = ".segment";
inline constexpr std::string_view replacement_suffix = ".segment.new";
inline constexpr std::string_view index_suffix = ".index";
inline constexpr std::string_view unfinished_suffix = ".tmp";

[[nodiscard]] inline std::string segment_name(std::uint64_t first_sequence, std::string_view suffix = segment_suffix) {
  std::string digits = std::to_string(first_sequence);
  return std::string(20 - digits.size(), '0').append(digits).append(suffix);
}

[[nodiscard]] inline std::string index_name(std::uint64_t first_sequence) {
  return segment_name(first_sequence, index_suffix);
}

/// The number in the name of a segment, or of what else has this suffix; nothing for another file.
[[nodiscard]] inline std::optional<std::uint64_t> segment_number(std::string_view name, std::string_view suffix = segment_suffix) noexcept {
  if (name.size() != 20 + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : name.substr(0, 20)) {
    if (digit < '0' || digit > '9' || number > UINT64_MAX / 10) return std::nullopt;
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (number * 10 > UINT64_MAX - value) return std::nullopt;
    number = number * 10 + value;
  }
  return number;
}

/// Whether a file is one of ours that was being made. Others that end alike are somebody else's.
[[nodiscard]] inline bool is_unfinished(std::string_view name) noexcept {
  if (!name.ends_with(unfinished_suffix)) return false;
  name.remove_suffix(unfinished_suffix.size());
  return name == store_file_name || name == compaction_file_name || segment_number(name).has_value() || segment_number(name, index_suffix).has_value();
}

/// What a store keeps of itself in each of its files.
struct store_identity {
  event_id lineage{};             ///< the store and its snapshots; random
  std::uint32_t checksum_seed{};  ///< what each frame's checksum begins with: frames of another store don't pass
  bool chained{};                 ///< frames carry a hash
  bool keyed{};                   ///< which is made with a key
  bool key_known{};               ///< that this program was given; then it is `key`
  hash_key key{};

  /// Takes the key that a program was given, and returns what tells whether it is the right one. The key in use is another in each store, so that
  /// nothing of one store passes in another that was given the same.
  [[nodiscard]] std::array<std::byte, 16> use_key(const digest& secret) {
    bytes about;
    byte_writer writer{about};
    writer.write(bytes_view{std::string_view{"quipu event chain"}});
    writer.write(lineage.raw().data(), 16);
    const digest own = blake3_keyed(secret, about);
    key = {blake3_key_words(own.bytes()), blake3_flag::keyed};
    key_known = true;
    const digest proof = blake3_keyed(own, std::string_view{"quipu key check"});
    std::array<std::byte, 16> check;
    std::memcpy(check.data(), proof.bytes().data(), check.size());
    return check;
  }
};

inline constexpr std::uint16_t layout_flag_chained = 1;
/// A segment in which events were dropped or erased. A program that doesn't know of that refuses it.
inline constexpr std::uint16_t layout_flag_compacted = 2;
/// The hashes are made with a key. Whoever doesn't have it can read the log, and can neither add to it nor verify it.
inline constexpr std::uint16_t layout_flag_keyed = 4;

[[noreturn]] inline void throw_corrupt(const std::string& message, std::string file, std::uint64_t offset) {
  throw error{errc::corrupt, message, {.path = std::move(file), .offset = offset}};
}

/// The 48 bytes that all kinds of file begin with.
//    0   8  magic
//    8   2  format version
//   10   2  flags: 1 frames carry a hash, 2 (a segment's only) events were dropped or erased, 4 hashes are made with a key
//   12   4  CRC-32C of the whole head with these four bytes zero
//   16  16  lineage
//   32   4  checksum seed
//   36   4  size of the head
//   40   8  when it was made, microseconds since the Unix epoch
struct file_head {
  static constexpr std::size_t common_size = 48;
  store_identity identity{};
  std::int64_t created_at_us{};
  bool compacted{};

  void put(std::byte* to, std::string_view magic, std::uint32_t size) const noexcept {
    std::memset(to, 0, size);
    std::memcpy(to, magic.data(), 8);
    store_little_endian(to + 8, format_version);
    store_little_endian(to + 10, static_cast<std::uint16_t>((identity.chained ? layout_flag_chained : 0) | (compacted ? layout_flag_compacted : 0) |
                                                              (identity.keyed ? layout_flag_keyed : 0)));
    std::memcpy(to + 16, identity.lineage.raw().data(), 16);
    store_little_endian(to + 32, identity.checksum_seed);
    store_little_endian(to + 36, size);
    store_little_endian(to + 40, created_at_us);
  }
  static void seal(std::byte* head, std::size_t size) noexcept {
    store_little_endian(head + 12, std::uint32_t{0});
    store_little_endian(head + 12, crc32c(bytes_view{head, size}));
  }

  /// Whether a head of this size has the checksum that it should have, whatever else is in it.
  [[nodiscard]] static bool is_whole(bytes_view raw, std::size_t size) noexcept {
    if (raw.size() < size) return false;
    std::array<std::byte, 256> copy{};
    std::memcpy(copy.data(), raw.data(), size);
    seal(copy.data(), size);
    return std::memcmp(copy.data() + 12, raw.data() + 12, 4) == 0;
  }

  /// Reads and checks; throws `errc::corrupt` or `errc::unsupported_format` with the file's path.
  void take(bytes_view raw, std::string_view magic, std::size_t size, const std::string& file, std::uint16_t known_flags = layout_flag_chained | layout_flag_keyed) {
    if (raw.size() < common_size || std::memcmp(raw.data(), magic.data(), 8) != 0)
      throw_corrupt("this isn't what its name says: the first bytes aren't " + std::string{magic}, file, 0);
    const auto version = load_little_endian<std::uint16_t>(raw.data() + 8);
    if (version > format_version)
      throw error{errc::unsupported_format, "the file was written in a newer format than this program knows",
                  {.path = file, .expected = format_version, .actual = version}};
    if (version == 0) throw_corrupt("the format version is 0", file, 8);
    if (raw.size() < size || load_little_endian<std::uint32_t>(raw.data() + 36) != size)
      throw_corrupt("the head is cut off or has another size", file, 36);
    if (!is_whole(raw, size)) throw_corrupt("the head's checksum is wrong", file, 12);
    const auto flags = load_little_endian<std::uint16_t>(raw.data() + 10);
    if ((flags & ~known_flags) != 0)
      throw error{errc::unsupported_format, "the file needs something that this program doesn't know (flags)",
                  {.path = file, .expected = known_flags, .actual = flags}};
    identity.chained = (flags & layout_flag_chained) != 0;
    identity.keyed = (flags & layout_flag_keyed) != 0;
    compacted = (flags & layout_flag_compacted) != 0;
    std::array<std::uint8_t, 16> id;
    std::memcpy(id.data(), raw.data() + 16, id.size());
    identity.lineage = event_id{id};
    identity.checksum_seed = load_little_endian<std::uint32_t>(raw.data() + 32);
    created_at_us = load_little_endian<std::int64_t>(raw.data() + 40);
  }
};

/// `quipu.store`: a common head, and 16 bytes that tell whether a key is the right one; zeros where there is none.
struct store_head {
  static constexpr std::size_t size = 64;
  static constexpr std::string_view magic{"QUIPUSTO"};
  file_head common{};
  std::array<std::byte, 16> key_check{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    common.put(raw.data(), magic, size);
    std::memcpy(raw.data() + 48, key_check.data(), key_check.size());
    file_head::seal(raw.data(), size);
    return raw;
  }
  [[nodiscard]] static store_head decode(bytes_view raw, const std::string& file) {
    store_head head;
    head.common.take(raw, magic, size, file);
    std::memcpy(head.key_check.data(), raw.data() + 48, head.key_check.size());
    return head;
  }
};

/// The head of a segment: a common head, then
//   48   8  number of the first event
//   56   8  generation of the log when events were dropped or erased in the segment; else 0
//   64  32  the log's head before the first event; zero where there is no chain
//   96  32  zero
struct segment_head {
  static constexpr std::size_t size = 128;
  static constexpr std::string_view magic{"QUIPUSEG"};
  file_head common{};
  std::uint64_t first_sequence{};
  std::uint64_t generation{};
  digest head_before{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    common.put(raw.data(), magic, size);
    store_little_endian(raw.data() + 48, first_sequence);
    store_little_endian(raw.data() + 56, generation);
    std::memcpy(raw.data() + 64, head_before.bytes().data(), digest::size);
    file_head::seal(raw.data(), size);
    return raw;
  }
  [[nodiscard]] static segment_head decode(bytes_view raw, const std::string& file) {
    segment_head head;
    head.common.take(raw, magic, size, file, layout_flag_chained | layout_flag_compacted | layout_flag_keyed);
    head.first_sequence = load_little_endian<std::uint64_t>(raw.data() + 48);
    head.generation = load_little_endian<std::uint64_t>(raw.data() + 56);
    std::array<std::byte, digest::size> before;
    std::memcpy(before.data(), raw.data() + 64, before.size());
    head.head_before = digest{before};
    return head;
  }
};

// Payloads of internal frames.

/// `system_schema`: u16 kind, u16 version, text. The frame itself has kind `system_schema`.
inline void put_schema_definition(bytes& to, event_kind kind, std::uint16_t version, std::string_view text) {
  byte_writer writer{to};
  writer.put(kind.raw());
  writer.put(version);
  writer.write(bytes_view{text});
}

struct schema_definition {
  event_kind kind{};
  std::uint16_t version{};
  std::string_view text{};
  [[nodiscard]] static std::optional<schema_definition> read(bytes_view payload) noexcept {
    byte_reader reader{payload};
    std::uint16_t kind{};
    schema_definition read;
    bytes_view text;
    if (!reader.get(kind) || !reader.get(read.version) || !reader.take(text, reader.remaining())) return std::nullopt;
    read.kind = event_kind::from_raw(kind);
    read.text = text.text();
    return read;
  }
};

/// A coordinate's definition (kind `data`, internal): u16 entity size, entity, scope. Its frame's `coordinate` is the number it defines.
inline void put_coordinate_definition(bytes& to, std::string_view entity, std::string_view scope) {
  byte_writer writer{to};
  writer.put(static_cast<std::uint16_t>(entity.size()));
  writer.write(bytes_view{entity});
  writer.write(bytes_view{scope});
}

struct coordinate_definition {
  std::string_view entity{};
  std::string_view scope{};
  [[nodiscard]] static std::optional<coordinate_definition> read(bytes_view payload) noexcept {
    byte_reader reader{payload};
    std::uint16_t size{};
    bytes_view entity;
    bytes_view scope;
    if (!reader.get(size) || !reader.take(entity, size) || !reader.take(scope, reader.remaining())) return std::nullopt;
    if (entity.empty() || scope.empty()) return std::nullopt;
    return coordinate_definition{entity.text(), scope.text()};
  }
};

/// A log's generation is another one after each compaction that dropped or erased events, and greater: the upper 24 bits count those
/// compactions. The others are random, so that two copies of a store that were compacted differently are told apart by whoever keeps what
/// was folded from one. 0 before the first.
/// The highest count is for what was salvaged of a damaged log.
inline constexpr std::uint64_t generation_count_limit = (std::uint64_t{1} << 24) - 1;
[[nodiscard]] constexpr std::uint64_t generation_after(std::uint64_t generation, std::uint64_t random) noexcept {
  return ((generation >> 40) + 1) << 40 | random >> 24;
}

/// Tells who follows the log that events were dropped or erased before this place (kind `system_config_change`): u64 the log's generation
/// since then.
struct compaction_note {
  static constexpr std::size_t frame_bytes = frame_size(8, 0, false);
  std::uint64_t generation{};

  /// Lays out the frame at `to`, but for the checksum.
  void write(std::byte* to, std::uint64_t next_sequence) const noexcept {
    std::byte payload[8];
    store_little_endian(payload, generation);
    write_frame(to, {.kind = event_kind::system_config_change, .flags = frame_flags::internal, .sequence = next_sequence, .payload = {payload, 8}}, false);
  }
  [[nodiscard]] static std::optional<compaction_note> read(bytes_view payload) noexcept {
    if (payload.size() != 8) return std::nullopt;
    return compaction_note{load_little_endian<std::uint64_t>(payload.data())};
  }
};

/// The end of a sealed segment (kind `system_checkpoint`): u64 number of the next event, 32 bytes the log's head.
struct seal_content {
  static constexpr std::size_t size = 40;
  std::uint64_t next_sequence{};
  digest head{};

  [[nodiscard]] bytes encode() const {
    bytes raw;
    byte_writer writer{raw};
    writer.put(next_sequence);
    writer.write(head.bytes().data(), digest::size);
    return raw;
  }
  [[nodiscard]] static std::optional<seal_content> read(bytes_view payload) noexcept {
    if (payload.size() != size) return std::nullopt;
    seal_content content;
    content.next_sequence = load_little_endian<std::uint64_t>(payload.data());
    std::array<std::byte, digest::size> head;
    std::memcpy(head.data(), payload.data() + 8, head.size());
    content.head = digest{head};
    return content;
  }
};

}  // namespace quipu::detail
