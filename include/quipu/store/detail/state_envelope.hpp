// SPDX-License-Identifier: BSL-1.0
//
// state_envelope.hpp: the head that the store puts before a state in a cache. It binds the state to the store, the
// entity, the projection and the log, so that no cache can pass off a state of another store, entity or build, or one
// folded from events that a crash or a compaction has removed since.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

struct state_envelope {
  /// The encoded state follows the head.
  struct layout {
    static constexpr field<std::uint32_t> version{0};
    static constexpr field<std::uint32_t> checksum{4};  ///< CRC-32C of everything behind this field
    static constexpr field<event_id> lineage{8};
    static constexpr field<std::uint64_t> fingerprint{24};
    static constexpr field<std::uint64_t> count{32};
    static constexpr field<event_id> last{40};
    static constexpr field<std::uint64_t> generation{56};
  };
  static constexpr std::size_t head_size = 64;
  static_assert(fields_fill(0, head_size, layout::version, layout::checksum, layout::lineage, layout::fingerprint,
                            layout::count, layout::last, layout::generation));
  static constexpr std::uint32_t version = 2;  ///< of the envelope

  event_id lineage{};           ///< of the store
  std::uint64_t generation{};   ///< of the log: changes when events are dropped or erased
  std::uint64_t fingerprint{};  ///< of the projection
  std::uint64_t count{};        ///< events of the entity that were folded
  event_id last{};              ///< of the last of them that wasn't dropped; must be the same event in this log

  /// Begins an envelope in a buffer. The caller appends the state and then calls `seal`.
  void begin(bytes& to) const;
  static void seal(bytes& envelope) noexcept;

  /// The fields of an envelope; nothing if it isn't whole.
  [[nodiscard]] static std::optional<state_envelope> read(bytes_view envelope) noexcept;
  [[nodiscard]] static bytes_view state_of(bytes_view envelope) noexcept { return envelope.subview(head_size); }
};

}  // namespace quipu::detail::inline QUIPU_MODE
