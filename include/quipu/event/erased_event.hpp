// SPDX-License-Identifier: BSL-1.0
//
// erased_event.hpp: what is left of an event whose content a compaction erased: its place, its links, and this.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/event_kind.hpp"
#include "../hash/blake3.hpp"
#include "frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quipu {

/// What an event was before it was erased. Its kind is `event_kind::tombstone` now, and its payload empty.
struct erased_event {
  event_kind kind{};
  std::uint16_t version{};  ///< of the payload's schema; 0 for raw bytes
  std::uint32_t payload_size{};

  friend bool operator==(const erased_event&, const erased_event&) = default;
};

namespace detail {

/// Tells whether an append that repeats an idempotency key means the same, where the event's bytes are gone: the first 16 bytes of BLAKE3 over the
/// coordinate's digest, kind 2, version 2 and the payload.
using content_digest = std::array<std::byte, 16>;

[[nodiscard]] inline content_digest content_digest_of(const coordinate_digest& where, event_kind kind, std::uint16_t version, bytes_view payload) {
  std::array<std::byte, 20> head;
  std::memcpy(head.data(), where.data(), where.size());
  store_little_endian(head.data() + 16, kind.raw());
  store_little_endian(head.data() + 18, version);
  blake3_hasher hasher;
  hasher.update(bytes_view{head.data(), head.size()});
  hasher.update(payload);
  const digest whole = hasher.finish();
  content_digest part{};
  std::memcpy(part.data(), whole.bytes().data(), part.size());
  return part;
}

/// What an erased event was: extension 6 of its frame.
struct erased_content {
  static constexpr std::size_t size = 24;
  erased_event was{};
  content_digest content{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    store_little_endian(raw.data(), was.kind.raw());
    store_little_endian(raw.data() + 2, was.version);
    store_little_endian(raw.data() + 4, was.payload_size);
    std::memcpy(raw.data() + 8, content.data(), content.size());
    return raw;
  }
  /// Nothing where the frame isn't an erased event's.
  [[nodiscard]] static std::optional<erased_content> of(const frame_view& frame) noexcept {
    if (frame.is_internal() || frame.kind() != event_kind::tombstone || frame.payload_size() != 0) return std::nullopt;
    const auto raw = frame.extension(extension_type::erased);
    if (!raw || raw->size() != size) return std::nullopt;
    erased_content found;
    found.was.kind = event_kind::from_raw(load_little_endian<std::uint16_t>(raw->data()));
    found.was.version = load_little_endian<std::uint16_t>(raw->data() + 2);
    found.was.payload_size = load_little_endian<std::uint32_t>(raw->data() + 4);
    std::memcpy(found.content.data(), raw->data() + 8, found.content.size());
    return found;
  }
};

}  // namespace detail
}  // namespace quipu
