// SPDX-License-Identifier: BSL-1.0
//
// erased_event.hpp: what remains of an event whose content a compaction erased: the event keeps its place and links;
// an extension of its frame describes what it was.
#pragma once

#include "../core/detail/field.hpp"
#include "../core/event_kind.hpp"
#include "../hash/blake3.hpp"
#include "frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quipu {

/// What an event was before it was erased. An erased event has kind `event_kind::tombstone` and no payload.
struct erased_event {
  event_kind kind{};
  std::uint16_t version{};  ///< of the payload's schema; 0 for raw bytes
  std::uint32_t payload_size{};

  friend bool operator==(const erased_event&, const erased_event&) = default;
};

namespace detail {

/// Identifies what was appended, after the event's bytes are gone: an append that repeats an idempotency key must have
/// the same. The first 16 bytes of BLAKE3 over `content_head_layout` and the payload.
using content_digest = std::array<std::byte, 16>;

struct content_head_layout {
  static constexpr field<coordinate_digest> coordinate{0};
  static constexpr field<std::uint16_t> kind{16};
  static constexpr field<std::uint16_t> version{18};
  static constexpr std::size_t total_size = 20;
};
static_assert(fields_fill(0, content_head_layout::total_size, content_head_layout::coordinate,
                          content_head_layout::kind, content_head_layout::version));

[[nodiscard]] inline content_digest content_digest_of(const coordinate_digest& where, event_kind kind,
                                                      std::uint16_t version, bytes_view payload) {
  std::array<std::byte, content_head_layout::total_size> head;
  content_head_layout::coordinate.store(head.data(), where);
  content_head_layout::kind.store(head.data(), kind.raw());
  content_head_layout::version.store(head.data(), version);
  blake3_hasher hasher;
  hasher.update(bytes_view{head.data(), head.size()});
  hasher.update(payload);
  const digest whole = hasher.finish();
  content_digest part{};
  std::memcpy(part.data(), whole.bytes().data(), part.size());
  return part;
}

/// The content of an extension of type `erased`.
struct erased_content {
  struct layout {
    static constexpr field<std::uint16_t> kind{0};
    static constexpr field<std::uint16_t> version{2};
    static constexpr field<std::uint32_t> payload_size{4};
    static constexpr field<content_digest> content{8};
  };
  static constexpr std::size_t size = 24;
  static_assert(fields_fill(0, size, layout::kind, layout::version, layout::payload_size, layout::content));

  erased_event was{};
  content_digest content{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept {
    std::array<std::byte, size> raw{};
    layout::kind.store(raw.data(), was.kind.raw());
    layout::version.store(raw.data(), was.version);
    layout::payload_size.store(raw.data(), was.payload_size);
    layout::content.store(raw.data(), content);
    return raw;
  }
  /// Nothing if the frame isn't that of an erased event.
  [[nodiscard]] static std::optional<erased_content> of(const frame_view& frame) noexcept {
    if (frame.is_internal() || frame.kind() != event_kind::tombstone || frame.payload_size() != 0) return std::nullopt;
    const auto raw = frame.extension(extension_type::erased);
    if (!raw || raw->size() != size) return std::nullopt;
    erased_content found;
    found.was.kind = event_kind::from_raw(layout::kind.load(raw->data()));
    found.was.version = layout::version.load(raw->data());
    found.was.payload_size = layout::payload_size.load(raw->data());
    found.content = layout::content.load(raw->data());
    return found;
  }
};

}  // namespace detail
}  // namespace quipu
