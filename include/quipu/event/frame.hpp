// SPDX-License-Identifier: BSL-1.0
//
// frame.hpp: how one event lies in the log. docs/format.md says the same for readers in other languages; offsets are bytes
// from the start of the frame, numbers are little-endian, frames start at multiples of 8.
//
//    0  u32  size              of the whole frame, a multiple of 8
//    4  u32  checksum          CRC-32C, begun with the store's seed, over bytes 0..3 and 8..size-1
//    8  u16  kind
//   10  u16  flags             low byte: event_flags; high byte: frame_flags
//   12  u16  schema_version
//   14  u16  extension_size
//   16  u32  payload_size
//   20  u32  coordinate        number of the coordinate's definition
//   24  u64  sequence          in the store; an internal frame has that of the next event
//   32  u64  entity_sequence
//   40  16   id
//   56  32   hash              absent in an internal frame, and where the store keeps no chain
//   ..       payload, extensions, zeros up to `size`
#pragma once

#include "../core/byte_io.hpp"
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

inline constexpr std::size_t frame_header_size = 56;
inline constexpr std::size_t frame_hash_size = 32;
inline constexpr std::size_t frame_alignment = 8;
/// The largest payload a frame can describe with room to spare for its extensions.
inline constexpr std::size_t frame_payload_limit = std::size_t{1} << 30;

namespace frame_flags {
inline constexpr std::uint16_t user_mask = 0x00FF;
inline constexpr std::uint16_t internal = 0x0100;  ///< the library's own: has no number and isn't an event
inline constexpr std::uint16_t more = 0x0200;      ///< the commit goes on in the next frame
inline constexpr std::uint16_t flushed = 0x0400;   ///< all before this frame was on stable storage when it was written
}  // namespace frame_flags

/// Optional fields behind the payload: u16 type, u16 length, bytes. Readers skip types that they don't know.
enum class extension_type : std::uint16_t {
  correlation_id = 1,   ///< 16 bytes; absent: the event's own id
  causation_id = 2,     ///< 16 bytes
  idempotency_key = 3,  ///< 16 bytes
  lane = 4,             ///< u32 depth, u32 lane; absent: 0, 0
  bypass_reason = 5,    ///< text
  erased = 6,           ///< what an erased event was: see erased_content
};

/// What events' hashes are made with: nothing of its own, or a key that whoever alters the log doesn't have.
struct hash_key {
  blake3_words words = blake3_initial;
  std::uint32_t mode{};
};

/// A coordinate's share of an event's hash: the first 16 bytes of BLAKE3(entity NUL scope).
using coordinate_digest = std::array<std::byte, 16>;

[[nodiscard]] inline coordinate_digest digest_of(std::string_view entity, std::string_view scope) {
  blake3_hasher hasher;
  hasher.update(bytes_view{entity});
  hasher.update(bytes_view{std::string_view{"\0", 1}});
  hasher.update(bytes_view{scope});
  const digest whole = hasher.finish();
  coordinate_digest part{};
  std::memcpy(part.data(), whole.bytes().data(), part.size());
  return part;
}

[[nodiscard]] constexpr std::size_t round_up(std::size_t size, std::size_t to) noexcept { return (size + to - 1) / to * to; }

/// The bytes of one frame, read field by field. The frame was checked before (see `check_frame`).
class frame_view {
 public:
  constexpr frame_view() noexcept = default;
  /// For an event's frame in a store that keeps a chain or none; for an internal frame, see `any`.
  frame_view(const std::byte* at, bool chained) noexcept : at_{at}, hash_size_{chained ? frame_hash_size : 0} {}

  /// For a frame that may be internal.
  [[nodiscard]] static frame_view any(const std::byte* at, bool chained) noexcept {
    const frame_view frame{at, false};
    return {at, chained && !frame.is_internal()};
  }

  [[nodiscard]] const std::byte* data() const noexcept { return at_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return load<std::uint32_t>(0); }
  [[nodiscard]] std::uint32_t checksum() const noexcept { return load<std::uint32_t>(4); }
  [[nodiscard]] event_kind kind() const noexcept { return event_kind::from_raw(load<std::uint16_t>(8)); }
  [[nodiscard]] std::uint16_t flags() const noexcept { return load<std::uint16_t>(10); }
  [[nodiscard]] bool is_internal() const noexcept { return (flags() & frame_flags::internal) != 0; }
  [[nodiscard]] bool has_more() const noexcept { return (flags() & frame_flags::more) != 0; }
  [[nodiscard]] std::uint16_t schema_version() const noexcept { return load<std::uint16_t>(12); }
  [[nodiscard]] std::uint16_t extension_size() const noexcept { return load<std::uint16_t>(14); }
  [[nodiscard]] std::uint32_t payload_size() const noexcept { return load<std::uint32_t>(16); }
  [[nodiscard]] std::uint32_t coordinate() const noexcept { return load<std::uint32_t>(20); }
  [[nodiscard]] std::uint64_t sequence() const noexcept { return load<std::uint64_t>(24); }
  [[nodiscard]] std::uint64_t entity_sequence() const noexcept { return load<std::uint64_t>(32); }
  [[nodiscard]] event_id id() const noexcept {
    std::array<std::uint8_t, 16> raw;
    std::memcpy(raw.data(), at_ + 40, raw.size());
    return event_id{raw};
  }
  [[nodiscard]] digest hash() const noexcept {
    if (hash_size_ == 0) return {};
    std::array<std::byte, 32> raw;
    std::memcpy(raw.data(), at_ + frame_header_size, raw.size());
    return digest{raw};
  }
  [[nodiscard]] bytes_view payload() const noexcept { return {at_ + frame_header_size + hash_size_, payload_size()}; }
  [[nodiscard]] bytes_view extensions() const noexcept {
    return {at_ + frame_header_size + hash_size_ + payload_size(), extension_size()};
  }

  /// The bytes of an extension, or nothing. Damaged extensions (which no writer makes) end the search.
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
    if (!content || content->size() != 16) return std::nullopt;
    std::array<std::uint8_t, 16> raw;
    std::memcpy(raw.data(), content->data(), raw.size());
    return event_id{raw};
  }

  [[nodiscard]] event_header header() const noexcept {
    event_header header;
    header.id = id();
    const auto reading = header.id.reading();
    header.timestamp_us = reading.wall_us;
    header.position.sequence = entity_sequence();
    header.position.wall_ms = static_cast<std::uint64_t>(reading.wall_us) / 1000;
    // Within a millisecond, the microsecond and then the reading's own counter.
    header.position.counter = static_cast<std::uint32_t>(reading.wall_us % 1000) << 22 | reading.counter;
    header.correlation_id = header.id;
    if (extension_size() != 0) {
      if (const auto id = id_extension(extension_type::correlation_id)) header.correlation_id = *id;
      header.causation_id = id_extension(extension_type::causation_id);
      if (const auto lane = extension(extension_type::lane); lane && lane->size() == 8) {
        header.position.depth = load_little_endian<std::uint32_t>(lane->data());
        header.position.lane = load_little_endian<std::uint32_t>(lane->data() + 4);
      }
    }
    header.kind = kind();
    header.flags = static_cast<event_flags>(flags() & frame_flags::user_mask);
    header.payload_size = payload_size();
    header.content_hash = hash();
    header.schema_version = schema_version();
    return header;
  }

  /// The checksum that the frame should have.
  [[nodiscard]] std::uint32_t computed_checksum(std::uint32_t seed) const noexcept {
    return crc32c(bytes_view{at_ + 8, size() - 8}, crc32c(bytes_view{at_, 4}, seed));
  }

  /// Bytes that the hash of an event covers: `hash_head_size` of `fill_hash_head`, then the payload and the extensions.
  static constexpr std::size_t hash_head_size = 92;
  [[nodiscard]] std::size_t hash_message_size() const noexcept {
    return hash_head_size + std::size_t{payload_size()} + extension_size();
  }

  /// previous 32, coordinate 16, then kind to payload_size with the frame's own flags masked out, then sequence to id.
  void fill_hash_head(std::byte* to, const digest& previous, const coordinate_digest& where) const noexcept {
    std::memcpy(to, previous.bytes().data(), 32);
    std::memcpy(to + 32, where.data(), 16);
    std::memcpy(to + 48, at_ + 8, 12);
    to[51] = std::byte{0};
    std::memcpy(to + 60, at_ + 24, 32);
  }

  /// The hash that the frame should have after `previous`, the hash of its entity's event before it.
  [[nodiscard]] digest computed_hash(const digest& previous, const coordinate_digest& where, const hash_key& key = {}) const {
    blake3_tree hasher{blake3_best_level(), key.words, key.mode};
    std::array<std::byte, hash_head_size> head;
    fill_hash_head(head.data(), previous, where);
    hasher.update(head.data(), head.size());
    hasher.update(payload().data(), std::size_t{payload_size()} + extension_size());
    return hasher.finish();
  }

 private:
  template <class Number>
  [[nodiscard]] Number load(std::size_t offset) const noexcept {
    return load_little_endian<Number>(at_ + offset);
  }

  const std::byte* at_{};
  std::size_t hash_size_{};
};

/// What a frame holds that its writer decides; `write_frame` lays it out.
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

[[nodiscard]] constexpr std::size_t frame_size(std::size_t payload_size, std::size_t extension_size, bool chained) noexcept {
  return round_up(frame_header_size + (chained ? frame_hash_size : 0) + payload_size + extension_size, frame_alignment);
}

/// Lays out a frame at `to`, which has room for `frame_size(...)` bytes; hash and checksum are zero until `set_frame_hash` and
/// `set_frame_checksum`. An internal frame is never `chained`.
inline void write_frame(std::byte* to, const frame_content& content, bool chained) noexcept {
  const std::size_t size = frame_size(content.payload.size(), content.extensions.size(), chained);
  const std::size_t payload_at = frame_header_size + (chained ? frame_hash_size : 0);
  store_little_endian(to, static_cast<std::uint32_t>(size));
  store_little_endian(to + 4, std::uint32_t{0});
  store_little_endian(to + 8, content.kind.raw());
  store_little_endian(to + 10, content.flags);
  store_little_endian(to + 12, content.schema_version);
  store_little_endian(to + 14, static_cast<std::uint16_t>(content.extensions.size()));
  store_little_endian(to + 16, static_cast<std::uint32_t>(content.payload.size()));
  store_little_endian(to + 20, content.coordinate);
  store_little_endian(to + 24, content.sequence);
  store_little_endian(to + 32, content.entity_sequence);
  std::memcpy(to + 40, content.id.raw().data(), 16);
  if (chained) std::memset(to + frame_header_size, 0, frame_hash_size);
  if (!content.payload.empty()) std::memcpy(to + payload_at, content.payload.data(), content.payload.size());
  const std::size_t used = payload_at + content.payload.size() + content.extensions.size();
  if (!content.extensions.empty())
    std::memcpy(to + payload_at + content.payload.size(), content.extensions.data(), content.extensions.size());
  std::memset(to + used, 0, size - used);
}

/// Adds the hash, and then the checksum over all.
inline void set_frame_hash(std::byte* frame, const digest& hash) noexcept {
  std::memcpy(frame + frame_header_size, hash.bytes().data(), frame_hash_size);
}
inline void set_frame_checksum(std::byte* frame, std::uint32_t seed) noexcept {
  store_little_endian(frame + 4, frame_view{frame, false}.computed_checksum(seed));
}

/// Whether a whole, undamaged frame starts at `at`, of which `available` bytes can be read.
[[nodiscard]] inline bool check_frame(const std::byte* at, std::size_t available, std::uint32_t seed, bool chained) noexcept {
  if (available < frame_header_size) return false;
  const frame_view frame{at, chained};
  const std::size_t size = frame.size();
  if (size < frame_header_size || size > available || size % frame_alignment != 0) return false;
  if (frame_size(frame.payload_size(), frame.extension_size(), chained && !frame.is_internal()) != size) return false;
  return frame.checksum() == frame.computed_checksum(seed);
}

}  // namespace quipu::detail
