// SPDX-License-Identifier: BSL-1.0
//
// layout.hpp: the files of a store and the layout of their heads; docs/format.md describes both. Numbers are
// little-endian.
//
//   quipu.store                         identity of the store: 64 bytes, written once
//   quipu.lock                          locked by the writer
//   00000000000000000000.segment        frames; the name is the sequence of the first event, 20 decimal digits
//   00000000000000000000.index          index of that segment; can be made again from it
//   00000000000000000000.segment.new    replacement of a segment; valid only while quipu.compaction lists it
//   quipu.compaction                    manifest of a compaction that is decided and not finished
//   one of these names and .tmp         unfinished file; the next writer removes it
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
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

/// The sequence in the name of a segment, or of another file with this suffix; nothing for other names.
[[nodiscard]] inline std::optional<std::uint64_t> segment_number(std::string_view name,
                                                                 std::string_view suffix = segment_suffix) noexcept {
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

/// Whether a file is an unfinished file of a store. Other files with this suffix don't belong to the store.
[[nodiscard]] inline bool is_unfinished(std::string_view name) noexcept {
  if (!name.ends_with(unfinished_suffix)) return false;
  name.remove_suffix(unfinished_suffix.size());
  return name == store_file_name || name == compaction_file_name || segment_number(name).has_value() ||
         segment_number(name, index_suffix).has_value();
}

/// Identifies a store; recorded in each of its files.
struct store_identity {
  event_id lineage{};             ///< shared by a store and its snapshots; random
  std::uint32_t checksum_seed{};  ///< begins each frame's checksum, so that frames of another store aren't accepted
  bool chained{};                 ///< frames have a hash
  bool keyed{};                   ///< the hashes are made with a key
  bool key_known{};               ///< `key` is set
  hash_key key{};

  /// Sets `key` from the secret that the program was given, and returns the value that `store_head::key_check` must
  /// have. The key is derived from secret and lineage, so that two stores with one secret have different keys.
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
/// Events were dropped or erased in the segment. Programs that don't know this flag refuse the file.
inline constexpr std::uint16_t layout_flag_compacted = 2;
/// The hashes are made with a key. Without the key the log can be read, but not verified and not appended to.
inline constexpr std::uint16_t layout_flag_keyed = 4;

[[noreturn]] inline void throw_corrupt(const std::string& message, std::string file, std::uint64_t offset) {
  throw error{errc::corrupt, message, {.path = std::move(file), .offset = offset}};
}

/// The head that all kinds of files begin with. A kind of file adds fields of its own, up to its head's size.
struct file_head {
  struct layout {
    static constexpr field<std::array<char, 8>> magic{0};
    static constexpr field<std::uint16_t> version{8};
    static constexpr field<std::uint16_t> flags{10};          ///< layout_flag_...
    static constexpr field<std::uint32_t> checksum{12};       ///< CRC-32C of the whole head with this field 0
    static constexpr field<event_id> lineage{16};
    static constexpr field<std::uint32_t> checksum_seed{32};
    static constexpr field<std::uint32_t> head_size{36};
    static constexpr field<std::int64_t> created_at_us{40};   ///< since the Unix epoch
  };
  static constexpr std::size_t common_size = 48;
  static_assert(fields_fill(0, common_size, layout::magic, layout::version, layout::flags, layout::checksum,
                            layout::lineage, layout::checksum_seed, layout::head_size, layout::created_at_us));

  store_identity identity{};
  std::int64_t created_at_us{};
  bool compacted{};

  /// Writes the common fields and zeros behind them, up to `size`; `seal` adds the checksum.
  void put(std::byte* to, std::string_view magic, std::uint32_t size) const noexcept {
    std::memset(to, 0, size);
    std::memcpy(to + layout::magic.offset, magic.data(), layout::magic.size());
    layout::version.store(to, format_version);
    layout::flags.store(to, static_cast<std::uint16_t>((identity.chained ? layout_flag_chained : 0) |
                                                       (compacted ? layout_flag_compacted : 0) |
                                                       (identity.keyed ? layout_flag_keyed : 0)));
    layout::lineage.store(to, identity.lineage);
    layout::checksum_seed.store(to, identity.checksum_seed);
    layout::head_size.store(to, size);
    layout::created_at_us.store(to, created_at_us);
  }
  static void seal(std::byte* head, std::size_t size) noexcept {
    layout::checksum.store(head, 0);
    layout::checksum.store(head, crc32c(bytes_view{head, size}));
  }

  /// Whether a head of this size has the right checksum. Checks nothing else.
  [[nodiscard]] static bool is_whole(bytes_view raw, std::size_t size) noexcept {
    if (raw.size() < size) return false;
    std::array<std::byte, 256> copy{};
    std::memcpy(copy.data(), raw.data(), size);
    seal(copy.data(), size);
    return layout::checksum.load(copy.data()) == layout::checksum.load(raw.data());
  }

  /// Reads and checks the common fields. Throws `errc::corrupt` or `errc::unsupported_format` with the file's path.
  void take(bytes_view raw, std::string_view magic, std::size_t size, const std::string& file,
            std::uint16_t known_flags = layout_flag_chained | layout_flag_keyed) {
    const std::byte* const from = raw.data();
    if (raw.size() < common_size || std::memcmp(from + layout::magic.offset, magic.data(), layout::magic.size()) != 0)
      throw_corrupt("this isn't what its name says: the first bytes aren't " + std::string{magic}, file,
                    layout::magic.offset);
    const std::uint16_t version = layout::version.load(from);
    if (version > format_version)
      throw error{errc::unsupported_format, "the file was written in a newer format than this program knows",
                  {.path = file, .expected = format_version, .actual = version}};
    if (version == 0) throw_corrupt("the format version is 0", file, layout::version.offset);
    if (raw.size() < size || layout::head_size.load(from) != size)
      throw_corrupt("the head is cut off or has another size", file, layout::head_size.offset);
    if (!is_whole(raw, size)) throw_corrupt("the head's checksum is wrong", file, layout::checksum.offset);
    const std::uint16_t flags = layout::flags.load(from);
    if ((flags & ~known_flags) != 0)
      throw error{errc::unsupported_format, "the file needs something that this program doesn't know (flags)",
                  {.path = file, .expected = known_flags, .actual = flags}};
    identity.chained = (flags & layout_flag_chained) != 0;
    identity.keyed = (flags & layout_flag_keyed) != 0;
    compacted = (flags & layout_flag_compacted) != 0;
    identity.lineage = layout::lineage.load(from);
    identity.checksum_seed = layout::checksum_seed.load(from);
    created_at_us = layout::created_at_us.load(from);
  }
};

/// `quipu.store`.
struct store_head {
  struct layout {
    static constexpr field<std::array<std::byte, 16>> key_check{48};  ///< tells the right key; 0 without a key
  };
  static constexpr std::size_t size = 64;
  static_assert(fields_fill(file_head::common_size, size, layout::key_check));
  static constexpr std::string_view magic{"QUIPUSTO"};

  file_head common{};
  std::array<std::byte, 16> key_check{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    common.put(raw.data(), magic, size);
    layout::key_check.store(raw.data(), key_check);
    file_head::seal(raw.data(), size);
    return raw;
  }
  /// Throws as `file_head::take`.
  [[nodiscard]] static store_head decode(bytes_view raw, const std::string& file) {
    store_head head;
    head.common.take(raw, magic, size, file);
    head.key_check = layout::key_check.load(raw.data());
    return head;
  }
};

/// The head of a segment.
struct segment_head {
  struct layout {
    static constexpr field<std::uint64_t> first_sequence{48};  ///< of the first event, as in the file's name
    static constexpr field<std::uint64_t> generation{56};      ///< of the log when events were removed; else 0
    static constexpr field<digest> head_before{64};            ///< the log's head before the first event; 0 unchained
    static constexpr field<std::array<std::byte, 32>> reserved{96};
  };
  static constexpr std::size_t size = 128;
  static_assert(fields_fill(file_head::common_size, size, layout::first_sequence, layout::generation,
                            layout::head_before, layout::reserved));
  static constexpr std::string_view magic{"QUIPUSEG"};

  file_head common{};
  std::uint64_t first_sequence{};
  std::uint64_t generation{};
  digest head_before{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    common.put(raw.data(), magic, size);
    layout::first_sequence.store(raw.data(), first_sequence);
    layout::generation.store(raw.data(), generation);
    layout::head_before.store(raw.data(), head_before);
    file_head::seal(raw.data(), size);
    return raw;
  }
  /// Throws as `file_head::take`.
  [[nodiscard]] static segment_head decode(bytes_view raw, const std::string& file) {
    segment_head head;
    head.common.take(raw, magic, size, file, layout_flag_chained | layout_flag_compacted | layout_flag_keyed);
    head.first_sequence = layout::first_sequence.load(raw.data());
    head.generation = layout::generation.load(raw.data());
    head.head_before = layout::head_before.load(raw.data());
    return head;
  }
};

// Payloads of internal frames.

/// A schema's definition (kind `system_schema`): the fields of `layout`, then the schema's text.
struct schema_definition {
  struct layout {
    static constexpr field<std::uint16_t> kind{0};
    static constexpr field<std::uint16_t> version{2};
    static constexpr std::size_t head_size = 4;
  };
  event_kind kind{};
  std::uint16_t version{};
  std::string_view text{};

  [[nodiscard]] static constexpr std::size_t size_of(std::string_view text) noexcept {
    return layout::head_size + text.size();
  }
  [[nodiscard]] static std::optional<schema_definition> read(bytes_view payload) noexcept {
    if (payload.size() < layout::head_size) return std::nullopt;
    return schema_definition{event_kind::from_raw(layout::kind.load(payload.data())),
                             layout::version.load(payload.data()), payload.subview(layout::head_size).text()};
  }
  /// Appends the payload to `to`.
  void put(bytes& to) const {
    byte_writer writer{to};
    writer.put(kind.raw());
    writer.put(version);
    writer.write(bytes_view{text});
  }
};
static_assert(fields_fill(0, schema_definition::layout::head_size, schema_definition::layout::kind,
                          schema_definition::layout::version));

/// A coordinate's definition (kind `data`): the entity's size, the entity, the scope. The frame's `coordinate` is the
/// number that it defines.
struct coordinate_definition {
  struct layout {
    static constexpr field<std::uint16_t> entity_size{0};
    static constexpr std::size_t head_size = 2;
  };
  std::string_view entity{};
  std::string_view scope{};

  [[nodiscard]] static constexpr std::size_t size_of(std::string_view entity, std::string_view scope) noexcept {
    return layout::head_size + entity.size() + scope.size();
  }
  [[nodiscard]] static std::optional<coordinate_definition> read(bytes_view payload) noexcept {
    byte_reader reader{payload};
    std::uint16_t size{};
    bytes_view entity;
    bytes_view scope;
    if (!reader.get(size) || !reader.take(entity, size) || !reader.take(scope, reader.remaining())) return std::nullopt;
    if (entity.empty() || scope.empty()) return std::nullopt;
    return coordinate_definition{entity.text(), scope.text()};
  }
  /// Appends the payload to `to`.
  void put(bytes& to) const {
    byte_writer writer{to};
    writer.put(static_cast<std::uint16_t>(entity.size()));
    writer.write(bytes_view{entity});
    writer.write(bytes_view{scope});
  }
};
static_assert(fields_fill(0, coordinate_definition::layout::head_size, coordinate_definition::layout::entity_size));

/// The generation of a log changes with each compaction that drops or erases events: the upper 24 bits count these
/// compactions, the others are random, so that copies of a store that were compacted differently have different
/// generations. It is 0 before the first. The highest count is reserved for logs that were salvaged from damage.
inline constexpr std::uint64_t generation_count_limit = (std::uint64_t{1} << 24) - 1;
[[nodiscard]] constexpr std::uint64_t generation_after(std::uint64_t generation, std::uint64_t random) noexcept {
  return ((generation >> 40) + 1) << 40 | random >> 24;
}

/// Tells followers of the log that events before this frame were dropped or erased (kind `system_config_change`).
struct compaction_note {
  struct layout {
    static constexpr field<std::uint64_t> generation{0};  ///< of the log from here on
  };
  static constexpr std::size_t size = 8;
  static_assert(fields_fill(0, size, layout::generation));
  static constexpr std::size_t frame_bytes = frame_size(size, 0, false);

  std::uint64_t generation{};

  /// Writes the frame to `to`, without its checksum.
  void write(std::byte* to, std::uint64_t next_sequence) const noexcept {
    std::byte payload[size];
    layout::generation.store(payload, generation);
    write_frame(to,
                {.kind = event_kind::system_config_change, .flags = frame_flags::internal, .sequence = next_sequence,
                 .payload = {payload, size}},
                false);
  }
  [[nodiscard]] static std::optional<compaction_note> read(bytes_view payload) noexcept {
    if (payload.size() != size) return std::nullopt;
    return compaction_note{layout::generation.load(payload.data())};
  }
};

/// The end of a sealed segment (kind `system_checkpoint`).
struct seal_content {
  struct layout {
    static constexpr field<std::uint64_t> next_sequence{0};
    static constexpr field<digest> head{8};  ///< the log's head after the segment's last event; 0 unchained
  };
  static constexpr std::size_t size = 40;
  static_assert(fields_fill(0, size, layout::next_sequence, layout::head));

  std::uint64_t next_sequence{};
  digest head{};

  [[nodiscard]] bytes encode() const {
    bytes raw(size);
    layout::next_sequence.store(raw.data(), next_sequence);
    layout::head.store(raw.data(), head);
    return raw;
  }
  [[nodiscard]] static std::optional<seal_content> read(bytes_view payload) noexcept {
    if (payload.size() != size) return std::nullopt;
    return seal_content{layout::next_sequence.load(payload.data()), layout::head.load(payload.data())};
  }
};

}  // namespace quipu::detail
