// SPDX-License-Identifier: BSL-1.0
//
// frame.hpp: the layout of one event in the log. docs/format.md describes it for readers in other languages. Numbers
// are little-endian; a frame starts at a multiple of 8.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/detail/field.hpp"
#include "../hash/blake3.hpp"
#include "../hash/crc32c.hpp"
#include "event_header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace quipu::detail {

/// The head of a frame. Behind it lie the payload, the extensions, and zeros up to `size`.
struct frame_layout {
  static constexpr field<std::uint32_t> size{0};      ///< of the whole frame, a multiple of 8
  static constexpr field<std::uint32_t> checksum{4};  ///< CRC-32C of all other bytes, begun with the store's seed
  static constexpr field<std::uint16_t> kind{8};
  static constexpr field<std::uint16_t> flags{10};  ///< low byte: event_flags; high byte: frame_flags
  static constexpr field<std::uint16_t> schema_version{12};
  static constexpr field<std::uint16_t> extension_size{14};  ///< of all extensions
  static constexpr field<std::uint32_t> payload_size{16};
  static constexpr field<std::uint32_t> coordinate{20};  ///< number of the coordinate's definition
  static constexpr field<std::uint64_t> sequence{24};    ///< an internal frame has that of the next event
  static constexpr field<std::uint64_t> entity_sequence{32};
  static constexpr field<event_id> id{40};
  static constexpr field<digest> hash{56};  ///< absent in internal frames and in unchained stores
};
inline constexpr std::size_t frame_header_size = 56;  ///< without the hash
inline constexpr std::size_t frame_hash_size = digest::size;
inline constexpr std::size_t frame_alignment = 8;
static_assert(fields_fill(0, frame_header_size, frame_layout::size, frame_layout::checksum, frame_layout::kind,
                          frame_layout::flags, frame_layout::schema_version, frame_layout::extension_size,
                          frame_layout::payload_size, frame_layout::coordinate, frame_layout::sequence,
                          frame_layout::entity_sequence, frame_layout::id));
static_assert(fields_fill(frame_header_size, frame_header_size + frame_hash_size, frame_layout::hash));

namespace frame_flags {
inline constexpr std::uint16_t user_mask = 0x00FF;
inline constexpr std::uint16_t internal = 0x0100;  ///< a record of the library, not an event
inline constexpr std::uint16_t more = 0x0200;      ///< the commit continues in the next frame
inline constexpr std::uint16_t flushed = 0x0400;   ///< all before this frame was on stable storage when it was written
}  // namespace frame_flags

/// Optional fields behind the payload. Readers skip types that they don't know.
enum class extension_type : std::uint16_t {
  correlation_id = 1,   ///< 16 bytes; absent: the event's own id
  causation_id = 2,     ///< 16 bytes
  idempotency_key = 3,  ///< 16 bytes
  lane = 4,             ///< see `lane_layout`; absent: depth 0, lane 0
  bypass_reason = 5,    ///< text
  erased = 6,           ///< of an erased event: see `erased_content`
  metadata = 7,         ///< see `encode_metadata`
  given_time = 8,       ///< microseconds since the Unix epoch, signed; absent: the time of the event's id
  tags = 9,             ///< see `encode_tags`
  shared_place = 10,    ///< of the last event of a replica's commit: see `shared_place_layout`
  type_name = 11,       ///< of a schema's definition: see `schema_definition`
};

/// The head of an extension; `length` bytes follow it. Extensions follow each other without alignment.
struct extension_layout {
  static constexpr field<std::uint16_t> type{0};
  static constexpr field<std::uint16_t> length{2};
  static constexpr std::size_t head_size = 4;
};
static_assert(fields_fill(0, extension_layout::head_size, extension_layout::type, extension_layout::length));

/// The content of an extension of type `lane`.
struct lane_layout {
  static constexpr field<std::uint32_t> depth{0};
  static constexpr field<std::uint32_t> lane{4};
  static constexpr std::size_t total_size = 8;
};
static_assert(fields_fill(0, lane_layout::total_size, lane_layout::depth, lane_layout::lane));

/// The key of the events' hashes: none, or a secret that a forger of the log doesn't have.
struct hash_key {
  blake3_words words = blake3_initial;
  std::uint32_t mode{};
};

/// The coordinate as an event's hash covers it: the first 16 bytes of BLAKE3(entity NUL scope).
using coordinate_digest = std::array<std::byte, 16>;

/// What an event's hash covers before the payload and the extensions.
struct hash_head_layout {
  static constexpr field<digest> previous{0};  ///< hash of the entity's event before
  static constexpr field<coordinate_digest> coordinate{32};
  static constexpr field<std::array<std::byte, 12>> kind_to_payload_size{48};  ///< of the frame; library flags 0
  static constexpr field<std::array<std::byte, 32>> sequence_to_id{60};        ///< of the frame
  static constexpr std::size_t total_size = 92;
  /// The high byte of the frame's flags.
  static constexpr std::size_t library_flags =
      kind_to_payload_size.offset + (frame_layout::flags.end() - 1) - frame_layout::kind.offset;
};
static_assert(fields_fill(0, hash_head_layout::total_size, hash_head_layout::previous, hash_head_layout::coordinate,
                          hash_head_layout::kind_to_payload_size, hash_head_layout::sequence_to_id));
static_assert(frame_layout::payload_size.end() - frame_layout::kind.offset ==
              hash_head_layout::kind_to_payload_size.size());
static_assert(frame_layout::id.end() - frame_layout::sequence.offset == hash_head_layout::sequence_to_id.size());

[[nodiscard]] inline coordinate_digest coordinate_digest_of(const digest& of_names) noexcept {
  coordinate_digest part{};
  std::memcpy(part.data(), of_names.bytes().data(), part.size());
  return part;
}
[[nodiscard]] coordinate_digest digest_of(std::string_view entity, std::string_view scope);

[[nodiscard]] constexpr std::size_t round_up(std::size_t size, std::size_t to) noexcept {
  return (size + to - 1) / to * to;
}

/// Reads the fields of a frame that `check_frame` accepted. Refers to the frame's bytes.
class frame_view {
 public:
  constexpr frame_view() noexcept = default;
  /// For an event's frame; `chained`: the store's frames have hashes. See `any` for internal frames.
  frame_view(const std::byte* at, bool chained) noexcept : at_{at}, hash_size_{chained ? frame_hash_size : 0} {}

  /// For a frame that may be internal.
  [[nodiscard]] static frame_view any(const std::byte* at, bool chained) noexcept {
    const frame_view frame{at, false};
    return {at, chained && !frame.is_internal()};
  }

  [[nodiscard]] const std::byte* data() const noexcept { return at_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return frame_layout::size.load(at_); }
  [[nodiscard]] std::uint32_t checksum() const noexcept { return frame_layout::checksum.load(at_); }
  [[nodiscard]] event_kind kind() const noexcept { return event_kind::from_raw(frame_layout::kind.load(at_)); }
  [[nodiscard]] std::uint16_t flags() const noexcept { return frame_layout::flags.load(at_); }
  [[nodiscard]] bool is_internal() const noexcept { return (flags() & frame_flags::internal) != 0; }
  [[nodiscard]] bool has_more() const noexcept { return (flags() & frame_flags::more) != 0; }
  [[nodiscard]] std::uint16_t schema_version() const noexcept { return frame_layout::schema_version.load(at_); }
  [[nodiscard]] std::uint16_t extension_size() const noexcept { return frame_layout::extension_size.load(at_); }
  [[nodiscard]] std::uint32_t payload_size() const noexcept { return frame_layout::payload_size.load(at_); }
  [[nodiscard]] std::uint32_t coordinate() const noexcept { return frame_layout::coordinate.load(at_); }
  [[nodiscard]] std::uint64_t sequence() const noexcept { return frame_layout::sequence.load(at_); }
  [[nodiscard]] std::uint64_t entity_sequence() const noexcept { return frame_layout::entity_sequence.load(at_); }
  [[nodiscard]] event_id id() const noexcept { return frame_layout::id.load(at_); }
  [[nodiscard]] digest hash() const noexcept { return hash_size_ == 0 ? digest{} : frame_layout::hash.load(at_); }
  [[nodiscard]] bytes_view payload() const noexcept { return {at_ + frame_header_size + hash_size_, payload_size()}; }
  [[nodiscard]] bytes_view extensions() const noexcept {
    return {at_ + frame_header_size + hash_size_ + payload_size(), extension_size()};
  }

  /// The content of the first extension of a type, if there is one. A malformed extension, which no writer makes, ends
  /// the search.
  [[nodiscard]] std::optional<bytes_view> extension(extension_type wanted) const noexcept {
    byte_reader reader{extensions()};
    std::uint16_t type{};
    std::uint16_t length{};
    bytes_view content;
    while (reader.get(type) && reader.get(length) && reader.take(content, length))
      if (type == static_cast<std::uint16_t>(wanted)) return content;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<event_id> id_extension(extension_type wanted) const noexcept {
    const auto content = extension(wanted);
    if (!content || content->size() != sizeof(event_id)) return std::nullopt;
    return field<event_id>{0}.load(content->data());
  }

  /// Microseconds since the Unix epoch by the store's clock.
  [[nodiscard]] std::int64_t timestamp_us() const noexcept { return id().reading().wall_us; }
  [[nodiscard]] std::optional<std::int64_t> given_us() const noexcept {
    const auto content = extension(extension_type::given_time);
    if (!content || content->size() != sizeof(std::int64_t)) return std::nullopt;
    return field<std::int64_t>{0}.load(content->data());
  }
  [[nodiscard]] std::int64_t valid_time_us() const noexcept {
    const auto given = extension_size() == 0 ? std::nullopt : given_us();
    return given ? *given : timestamp_us();
  }

  [[nodiscard]] event_header header() const noexcept;

  /// The checksum of a sound frame with these bytes.
  [[nodiscard]] std::uint32_t computed_checksum(std::uint32_t seed) const noexcept;

  /// An event's hash covers the `hash_head_size` bytes that `fill_hash_head` makes, the payload and the extensions.
  static constexpr std::size_t hash_head_size = hash_head_layout::total_size;
  [[nodiscard]] std::size_t hash_message_size() const noexcept;

  void fill_hash_head(std::byte* to, const digest& previous, const coordinate_digest& where) const noexcept;

  /// The hash of a sound event with these bytes; `previous` is the hash of the entity's event before it.
  [[nodiscard]] digest computed_hash(const digest& previous, const coordinate_digest& where,
                                     const hash_key& key = {}) const;

 private:
  const std::byte* at_{};
  std::size_t hash_size_{};
};

/// The values of a frame's fields, for `write_frame`.
struct frame_content {
  event_kind kind{};
  std::uint16_t flags{};
  std::uint16_t schema_version{};
  std::uint32_t coordinate{};
  std::uint64_t sequence{};
  std::uint64_t entity_sequence{};
  event_id id{};
  bytes_view payload{};
  bytes_view extensions{};
};

[[nodiscard]] constexpr std::size_t frame_size(std::size_t payload_size, std::size_t extension_size,
                                               bool chained) noexcept {
  return round_up(frame_header_size + (chained ? frame_hash_size : 0) + payload_size + extension_size, frame_alignment);
}

/// Writes a frame to `to`, which has room for `frame_size(...)` bytes. Hash and checksum are 0 until `set_frame_hash`
/// and `set_frame_checksum`. An internal frame is never `chained`.
void write_frame(std::byte* to, const frame_content& content, bool chained) noexcept;

/// Changes the hash; the checksum must be set again afterwards.
inline void set_frame_hash(std::byte* frame, const digest& hash) noexcept { frame_layout::hash.store(frame, hash); }
void set_frame_checksum(std::byte* frame, std::uint32_t seed) noexcept;

/// Whether a whole, undamaged frame starts at `at`, where `available` bytes can be read.
[[nodiscard]] bool check_frame(const std::byte* at, std::size_t available, std::uint32_t seed, bool chained) noexcept;

}  // namespace quipu::detail
