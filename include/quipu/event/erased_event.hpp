// SPDX-License-Identifier: BSL-1.0
//
// erased_event.hpp: what remains of an event whose content a compaction erased: the event keeps its place and links;
// an extension of its frame describes what it was.
#pragma once

#include "../core/bytes.hpp"
#include "../core/detail/field.hpp"
#include "../core/event_kind.hpp"
#include "../hash/blake3.hpp"
#include "../hash/digest.hpp"
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
/// the same. The first 16 bytes of BLAKE3 over `content_head_layout` and the payload, keyed where the store has a key.
/// Without a key it tells a guess of the payload from a wrong one, so it is kept of events with an idempotency key
/// only.
using content_digest = std::array<std::byte, 16>;

struct content_head_layout {
  static constexpr field<coordinate_digest> coordinate{0};
  static constexpr field<std::uint16_t> kind{16};
  static constexpr field<std::uint16_t> version{18};
  static constexpr std::size_t total_size = 20;
};
static_assert(fields_fill(0, content_head_layout::total_size, content_head_layout::coordinate,
                          content_head_layout::kind, content_head_layout::version));

/// `key`: the store's key for these digests, or null.
[[nodiscard]] content_digest content_digest_of(const coordinate_digest& where, event_kind kind, std::uint16_t version,
                                               bytes_view payload, const digest* key);

/// The content of an extension of type `erased`. It has a digest only if the event had an idempotency key; earlier
/// versions wrote one always.
struct erased_content {
  struct layout {
    static constexpr field<std::uint16_t> kind{0};
    static constexpr field<std::uint16_t> version{2};
    static constexpr field<std::uint32_t> payload_size{4};
    static constexpr std::size_t head_size = 8;
    static constexpr field<content_digest> content{8};
  };
  static constexpr std::size_t most_size = 24;
  static_assert(fields_fill(0, most_size, layout::kind, layout::version, layout::payload_size, layout::content));

  erased_event was{};
  std::optional<content_digest> content{};

  [[nodiscard]] bytes encode() const;
  /// Nothing if the frame isn't that of an erased event.
  [[nodiscard]] static std::optional<erased_content> of(const frame_view& frame) noexcept;
};

}  // namespace detail
}  // namespace quipu
