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
//   quipu.end                           the end that the log had when it was closed
//   quipu.replica                       whether the log is a replica's, or was and has left replication
//   quipu.compaction                    manifest of a compaction that is decided and not finished
//   one of these names and .tmp         unfinished file; the next writer removes it
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_name.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../hash/crc32c.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../../version.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr std::string_view store_file_name = "quipu.store";
inline constexpr std::string_view lock_file_name = "quipu.lock";
inline constexpr std::string_view compaction_file_name = "quipu.compaction";
inline constexpr std::string_view end_file_name = "quipu.end";
inline constexpr std::string_view replica_file_name = "quipu.replica";
inline constexpr std::string_view segment_suffix = ".segment";
inline constexpr std::string_view replacement_suffix = ".segment.new";
inline constexpr std::string_view index_suffix = ".index";
inline constexpr std::string_view unfinished_suffix = ".tmp";

[[nodiscard]] std::string segment_name(std::uint64_t first_sequence, std::string_view suffix = segment_suffix);

[[nodiscard]] std::string index_name(std::uint64_t first_sequence);

/// The sequence in the name of a segment, or of another file with this suffix; nothing for other names.
[[nodiscard]] std::optional<std::uint64_t> segment_number(std::string_view name,
                                                          std::string_view suffix = segment_suffix) noexcept;

/// Whether a file is an unfinished file of a store. Other files with this suffix don't belong to the store.
[[nodiscard]] bool is_unfinished(std::string_view name) noexcept;

/// Identifies a store; recorded in each of its files.
struct store_identity {
  event_id lineage{};             ///< shared by a store and its snapshots; random
  std::uint32_t checksum_seed{};  ///< begins each frame's checksum, so that frames of another store aren't accepted
  bool chained{};                 ///< frames have a hash
  bool keyed{};                   ///< the hashes are made with a key
  bool key_known{};               ///< `key` and `content_key` are set
  hash_key key{};
  digest content_key{};  ///< for the content digests of events that are dropped or erased

  /// Whether a file with the identity `other` is one of this store.
  [[nodiscard]] bool is_of_same_store(const store_identity& other) const noexcept {
    return lineage == other.lineage && checksum_seed == other.checksum_seed && chained == other.chained &&
           keyed == other.keyed;
  }

  /// The key for content digests; null where the store has none. A writer knows it.
  [[nodiscard]] const digest* digest_key() const noexcept { return key_known ? &content_key : nullptr; }

  /// Sets the keys from the secret that the program was given, and returns the value that `store_head::key_check` must
  /// have. They are derived from secret and lineage, so that two stores with one secret have different keys.
  [[nodiscard]] std::array<std::byte, 16> use_key(const digest& secret);
};

inline constexpr std::uint16_t layout_flag_chained = 1;
/// Events were dropped or erased in the segment. Programs that don't know this flag refuse the file.
inline constexpr std::uint16_t layout_flag_compacted = 2;
/// The hashes are made with a key. Without the key the log can be read, but not verified and not appended to.
inline constexpr std::uint16_t layout_flag_keyed = 4;

[[noreturn]] void throw_corrupt(const std::string& message, std::string file, std::uint64_t offset);

/// The head that all kinds of files begin with. A kind of file adds fields of its own, up to its head's size.
struct file_head {
  struct layout {
    static constexpr field<std::array<char, 8>> magic{0};
    static constexpr field<std::uint16_t> version{8};
    static constexpr field<std::uint16_t> flags{10};     ///< layout_flag_...
    static constexpr field<std::uint32_t> checksum{12};  ///< CRC-32C of the whole head with this field 0
    static constexpr field<event_id> lineage{16};
    static constexpr field<std::uint32_t> checksum_seed{32};
    static constexpr field<std::uint32_t> head_size{36};
    static constexpr field<std::int64_t> created_at_us{40};  ///< since the Unix epoch
  };
  static constexpr std::size_t common_size = 48;
  static_assert(fields_fill(0, common_size, layout::magic, layout::version, layout::flags, layout::checksum,
                            layout::lineage, layout::checksum_seed, layout::head_size, layout::created_at_us));

  store_identity identity{};
  std::int64_t created_at_us{};
  bool compacted{};

  /// Writes the common fields and zeros behind them, up to `size`; `seal` adds the checksum.
  void put(std::byte* to, std::string_view magic, std::uint32_t size,
           std::uint16_t version = format_version) const noexcept;
  static void seal(std::byte* head, std::size_t size) noexcept;

  /// Whether a head of this size has the right checksum. Checks nothing else.
  [[nodiscard]] static bool is_whole(bytes_view raw, std::size_t size) noexcept;

  /// Reads and checks the common fields. Throws `errc::corrupt` or `errc::unsupported_format` with the file's path.
  void take(bytes_view raw, std::string_view magic, std::size_t size, const std::string& file,
            std::uint16_t known_flags = layout_flag_chained | layout_flag_keyed,
            std::uint16_t known_version = format_version);
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

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept;
  /// Throws as `file_head::take`.
  [[nodiscard]] static store_head decode(bytes_view raw, const std::string& file);
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

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept;
  /// Throws as `file_head::take`.
  [[nodiscard]] static segment_head decode(bytes_view raw, const std::string& file);
};

// Payloads of internal frames.

/// A schema's definition (kind `system_schema`). The payload is the fields of `layout` and the schema's text; the name
/// of the event type, if it has one, is an extension.
struct schema_definition {
  struct layout {
    static constexpr field<std::uint16_t> kind{0};
    static constexpr field<std::uint16_t> version{2};
    static constexpr std::size_t head_size = 4;
  };
  /// Of one kind and version in a segment. Others are neither written nor read.
  static constexpr std::size_t most_type_names = 16;

  event_kind kind{};
  std::uint16_t version{};
  std::string_view text{};
  std::string_view type_name{};

  /// Size of the payload and the extension.
  [[nodiscard]] static constexpr std::size_t size_of(std::string_view text, std::string_view type_name) noexcept {
    return layout::head_size + text.size() + (type_name.empty() ? 0 : extension_layout::head_size + type_name.size());
  }
  /// An unusable name is left out.
  [[nodiscard]] static std::optional<schema_definition> read(const frame_view& frame) noexcept;
  /// Appends the payload and the extension to `to`; returns the size of the extension.
  std::size_t put(bytes& to) const;
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
  [[nodiscard]] static std::optional<coordinate_definition> read(bytes_view payload) noexcept;
  /// Appends the payload to `to`.
  void put(bytes& to) const;
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
  void write(std::byte* to, std::uint64_t next_sequence) const noexcept;
  [[nodiscard]] static std::optional<compaction_note> read(bytes_view payload) noexcept;
};

/// The end of a sealed segment (kind `system_checkpoint`).
struct seal_content {
  /// What is wrong where a segment goes on behind its seal.
  static constexpr const char* bytes_behind = "there are bytes behind the end of a sealed segment";

  struct layout {
    static constexpr field<std::uint64_t> next_sequence{0};
    static constexpr field<digest> head{8};  ///< the log's head after the segment's last event; 0 unchained
  };
  static constexpr std::size_t size = 40;
  static_assert(fields_fill(0, size, layout::next_sequence, layout::head));

  std::uint64_t next_sequence{};
  digest head{};

  [[nodiscard]] bytes encode() const;
  [[nodiscard]] static std::optional<seal_content> read(bytes_view payload) noexcept;
};

}  // namespace quipu::detail::inline QUIPU_MODE
