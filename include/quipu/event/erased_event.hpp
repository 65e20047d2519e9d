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

[[nodiscard]] content_digest content_digest_of(const coordinate_digest& where, event_kind kind, std::uint16_t version,
                                               bytes_view payload);

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

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept;
  /// Nothing if the frame isn't that of an erased event.
  [[nodiscard]] static std::optional<erased_content> of(const frame_view& frame) noexcept;
};

}  // namespace detail
}  // namespace quipu
