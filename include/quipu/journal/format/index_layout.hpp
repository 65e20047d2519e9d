// SPDX-License-Identifier: BSL-1.0
//
// index_layout.hpp: the layout of an index file: a head, a table of sections, checksums, the sections. docs/format.md
// describes it for readers in other languages. index_file.hpp writes index files, mapped_index.hpp reads them. Numbers
// are little-endian.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "layout.hpp"
#include "packed_places.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// What an index file covers: the events [first_sequence, next_sequence), in the first `log_bytes` of a segment's file.
struct index_cover {
  std::uint64_t first_sequence{};  ///< of the segment
  std::uint64_t next_sequence{};
  std::uint64_t log_bytes{};        ///< a commit ends there
  std::uint32_t tail_checksum{};    ///< CRC-32C of the segment's head and the last 4096 of `log_bytes`
  bool sealed{};                    ///< `log_bytes` is the whole segment, and its last frame is the seal
  event_id first_id{};              ///< of the first event covered; nil if there is none
  event_id last_id{};               ///< of the last event covered; nil if there is none
  event_id last_id_of_log{};        ///< of the last event of the log so far, also in an earlier segment; nil if none
  std::uint64_t entities_of_log{};  ///< number of entities of the log so far
  digest head{};                    ///< the log's head after the last event covered; zero in an unchained store
  bytes head_state{};               ///< state of the head's hash, up to `index_head_state_limit` bytes; empty likewise

  friend bool operator==(const index_cover&, const index_cover&) = default;
};

/// Sections of an index file, each an array of elements. An empty section is left out.
enum class index_section : std::uint32_t {
  lists = 1,          ///< packed_places: all events in order, then the lists of the sections below
  entities = 2,       ///< index_entity
  scopes = 3,         ///< index_scope
  kinds = 4,          ///< index_kind, ascending
  coordinates = 5,    ///< index_coordinate
  schemas = 6,        ///< index_schema, ascending
  keys = 7,           ///< index_key
  effects = 8,        ///< index_link, by the cause's id
  conversations = 9,  ///< index_link, by the conversation's id
  names = 10,         ///< bytes: names of entities, scopes and types, texts of schemas, tags
  ids = 11,           ///< first eight bytes of the id of every `index_id_distance`-th event
  entity_slots = 12,  ///< index_slot: a hash table of each of five sections
  scope_slots = 13,
  key_slots = 14,
  effect_slots = 15,
  conversation_slots = 16,
  head_state = 17,  ///< bytes
  holes = 18,       ///< index_list: the frames that stand for dropped events; at most one
  tags = 19,        ///< index_tag
  tag_slots = 20,
  type_names = 21,  ///< index_type_name, ascending; those of one schema in the order of the log
};
inline constexpr std::size_t index_section_count = 22;  // number 0 isn't used

/// A run of bytes in section `names`.
struct index_text {
  static constexpr std::size_t layout_size = 8;
  std::uint32_t offset{};
  std::uint32_t size{};

  [[nodiscard]] static index_text load(const std::byte* from) noexcept;
  void store(std::byte* to) const noexcept;
};

/// A list in section `lists`.
struct index_list {
  static constexpr std::size_t layout_size = 8;
  std::uint32_t position{};  ///< of its first byte
  std::uint32_t count{};

  [[nodiscard]] static index_list load(const std::byte* from) noexcept;
  void store(std::byte* to) const noexcept;
};

// Elements of sections.

struct index_entity {
  static constexpr field<index_text> name{0};
  static constexpr field<index_list> events{8};
  static constexpr field<std::uint64_t> first_sequence{16};  ///< entity sequence of the first of `events`
  static constexpr field<std::uint64_t> next_sequence{24};   ///< entity sequence after the entity's last event
  static constexpr std::size_t size = 32;
};
static_assert(fields_fill(0, index_entity::size, index_entity::name, index_entity::events, index_entity::first_sequence,
                          index_entity::next_sequence));

struct index_scope {
  static constexpr field<index_text> name{0};
  static constexpr field<index_list> events{8};
  static constexpr std::size_t size = 16;
};
static_assert(fields_fill(0, index_scope::size, index_scope::name, index_scope::events));

struct index_tag {
  static constexpr field<index_text> name{0};
  static constexpr field<index_list> events{8};
  static constexpr std::size_t size = 16;
};
static_assert(fields_fill(0, index_tag::size, index_tag::name, index_tag::events));

struct index_kind {
  static constexpr field<std::uint16_t> kind{0};
  static constexpr field<std::uint16_t> reserved{2};
  static constexpr field<index_list> events{4};
  static constexpr std::size_t size = 12;
};
static_assert(fields_fill(0, index_kind::size, index_kind::kind, index_kind::reserved, index_kind::events));

struct index_coordinate {
  static constexpr field<std::uint32_t> entity{0};  ///< number of the element in section `entities`
  static constexpr field<std::uint32_t> scope{4};   ///< number of the element in section `scopes`
  static constexpr std::size_t size = 8;
};
static_assert(fields_fill(0, index_coordinate::size, index_coordinate::entity, index_coordinate::scope));

struct index_schema {
  static constexpr field<std::uint16_t> kind{0};
  static constexpr field<std::uint16_t> version{2};
  static constexpr field<index_text> text{4};
  static constexpr field<std::uint32_t> reserved{12};
  static constexpr field<std::uint64_t> fingerprint{16};
  static constexpr std::size_t size = 24;
};
static_assert(fields_fill(0, index_schema::size, index_schema::kind, index_schema::version, index_schema::text,
                          index_schema::reserved, index_schema::fingerprint));

struct index_type_name {
  static constexpr field<std::uint16_t> kind{0};
  static constexpr field<std::uint16_t> version{2};
  static constexpr field<index_text> name{4};
  static constexpr std::size_t size = 12;
};
static_assert(fields_fill(0, index_type_name::size, index_type_name::kind, index_type_name::version,
                          index_type_name::name));

struct index_key {
  static constexpr field<event_id> key{0};
  static constexpr field<std::uint32_t> place{16};
  static constexpr std::size_t size = 20;
};
static_assert(fields_fill(0, index_key::size, index_key::key, index_key::place));

struct index_link {
  static constexpr field<event_id> id{0};
  static constexpr field<index_list> events{16};
  static constexpr std::size_t size = 24;
};
static_assert(fields_fill(0, index_link::size, index_link::id, index_link::events));

/// A slot of a hash table: 0 is free. Otherwise its low bits, as many as the position of a slot takes, are the number
/// of an element and one more, and the others are those of the hash of its name. So most names that a segment doesn't
/// have are told from those that it has without reading another element.
class index_slot {
 public:
  static constexpr std::size_t layout_size = 4;

  explicit index_slot(const std::byte* from) noexcept : value_{load_little_endian<std::uint32_t>(from)} {}
  /// `mask` is the position of the table's last slot.
  index_slot(std::uint32_t hash, std::size_t number, std::size_t mask) noexcept
      : value_{(hash & ~static_cast<std::uint32_t>(mask)) | static_cast<std::uint32_t>(number + 1)} {}

  [[nodiscard]] bool is_free() const noexcept { return value_ == 0; }
  /// Whether a name with this hash can be the element's.
  [[nodiscard]] bool may_have(std::uint32_t hash, std::size_t mask) const noexcept {
    return ((value_ ^ hash) & ~static_cast<std::uint32_t>(mask)) == 0;
  }
  /// Of the element; greater than any where the slot is damaged.
  [[nodiscard]] std::size_t number(std::size_t mask) const noexcept { return (value_ & mask) - 1; }
  void store(std::byte* to) const noexcept { store_little_endian(to, value_); }

 private:
  std::uint32_t value_;
};

inline constexpr std::size_t index_id_size = 8;
inline constexpr std::array<std::size_t, index_section_count> index_element_sizes{0,  // no section has number 0
                                                                                  1,
                                                                                  index_entity::size,
                                                                                  index_scope::size,
                                                                                  index_kind::size,
                                                                                  index_coordinate::size,
                                                                                  index_schema::size,
                                                                                  index_key::size,
                                                                                  index_link::size,
                                                                                  index_link::size,
                                                                                  1,
                                                                                  index_id_size,
                                                                                  index_slot::layout_size,
                                                                                  index_slot::layout_size,
                                                                                  index_slot::layout_size,
                                                                                  index_slot::layout_size,
                                                                                  index_slot::layout_size,
                                                                                  1,
                                                                                  index_list::layout_size,
                                                                                  index_tag::size,
                                                                                  index_slot::layout_size,
                                                                                  index_type_name::size};

/// What lies behind the checksums is checked in blocks of this size, when they are first used; the last may be shorter.
inline constexpr std::size_t index_block_size = 4096;
/// A section is filled up with zeros to this size.
[[nodiscard]] constexpr std::uint64_t index_padded(std::uint64_t bytes) noexcept { return (bytes + 7) / 8 * 8; }
inline constexpr std::size_t index_head_state_limit = 8192;
inline constexpr std::size_t index_id_distance = 64;
/// The most steps from an entry's slot to its place in a hash table. Names that occur by chance need less than a tenth;
/// with names that were chosen to collide, a segment has no index file, because making it would take quadratic time.
inline constexpr std::size_t index_most_steps = 512;

/// The table has a line for each section, ascending by number.
struct index_table_line {
  struct layout {
    static constexpr field<std::uint32_t> number{0};
    static constexpr field<std::uint32_t> reserved{4};
    static constexpr field<std::uint64_t> offset{8};  ///< in the file, a multiple of 8
    static constexpr field<std::uint64_t> bytes{16};
  };
  static constexpr std::size_t size = 24;
  static_assert(fields_fill(0, size, layout::number, layout::reserved, layout::offset, layout::bytes));

  std::uint32_t number{};
  std::uint64_t offset{};
  std::uint64_t bytes{};

  void put(std::byte* to) const noexcept;
  [[nodiscard]] static index_table_line read(const std::byte* from) noexcept;
  /// Offset of the next section: sections follow each other without a gap, except for zeros up to a multiple of 8.
  [[nodiscard]] std::uint64_t end() const noexcept { return index_padded(offset + bytes); }
};

/// The head of an index file.
struct index_head {
  struct layout {
    static constexpr field<std::uint64_t> first_sequence{48};  ///< of the segment, as in the file's name
    static constexpr field<std::uint64_t> next_sequence{56};
    static constexpr field<std::uint64_t> log_bytes{64};
    static constexpr field<std::uint64_t> entities_of_log{72};
    static constexpr field<event_id> first_id{80};
    static constexpr field<event_id> last_id{96};
    static constexpr field<event_id> last_id_of_log{112};
    static constexpr field<digest> log_head{128};
    static constexpr field<std::uint32_t> tail_checksum{160};
    static constexpr field<std::uint32_t> bits{164};         ///< sealed_bit
    static constexpr field<std::uint64_t> file_bytes{168};   ///< of the index file
    static constexpr field<std::uint32_t> event_count{176};  ///< events listed: those covered and not dropped
    static constexpr field<std::uint32_t> section_count{180};
    static constexpr field<std::uint32_t> table_checksum{184};  ///< CRC-32C of what lies before the sections
    static constexpr field<std::uint32_t> reserved{188};
  };
  static constexpr std::size_t size = 192;
  static_assert(fields_fill(file_head::common_size, size, layout::first_sequence, layout::next_sequence,
                            layout::log_bytes, layout::entities_of_log, layout::first_id, layout::last_id,
                            layout::last_id_of_log, layout::log_head, layout::tail_checksum, layout::bits,
                            layout::file_bytes, layout::event_count, layout::section_count, layout::table_checksum,
                            layout::reserved));
  static constexpr std::string_view magic{"QUIPUIDX"};
  /// Of index files only. One of another version is made again from its segment.
  static constexpr std::uint16_t version = 3;
  static constexpr std::uint32_t sealed_bit = 1;

  file_head common{};
  index_cover cover{};  // without `head_state`, which is a section
  std::uint64_t file_bytes{};
  std::uint32_t event_count{};
  std::uint32_t section_count{};
  std::uint32_t table_checksum{};

  void put(std::byte* to) const noexcept;

  /// Throws `errc::corrupt` or `errc::unsupported_format`; returns false if the file is of an older version, or has
  /// bits that this program doesn't know.
  [[nodiscard]] bool take(bytes_view raw);
};

/// Where the sections begin, which take this many bytes: behind the table and the checksums of their blocks.
[[nodiscard]] constexpr std::uint64_t index_sections_begin(std::size_t sections, std::uint64_t bytes) noexcept {
  const std::uint64_t blocks = (bytes + index_block_size - 1) / index_block_size;
  return index_head::size + sections * index_table_line::size + index_padded(blocks * sizeof(std::uint32_t));
}

/// The slot, modulo the size of its hash table, of a name or of an id's 16 bytes.
[[nodiscard]] std::uint32_t index_hash(bytes_view of) noexcept;
/// A name that is looked up in index files: hashed once for all of them. Refers to the text.
struct hashed_name {
  hashed_name(std::string_view name) noexcept : text{name}, hash{index_hash(bytes_view{name})} {}

  std::string_view text;
  std::uint32_t hash;
};
/// Size of a hash table: a power of two, at least half of it free, so that a name that isn't there is compared with few
/// that are; 0 for no entries.
[[nodiscard]] constexpr std::size_t index_slots_for(std::size_t entries) noexcept {
  if (entries == 0) return 0;
  std::size_t slots = 2;
  while (slots < 2 * entries) slots *= 2;
  return slots;
}

}  // namespace quipu::detail::inline QUIPU_MODE
