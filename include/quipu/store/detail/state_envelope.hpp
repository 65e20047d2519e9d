// SPDX-License-Identifier: BSL-1.0
//
// state_envelope.hpp: what the store puts around a state before it gives it to a cache, so that no cache can make it believe another
// store's state, another entity's, another build's, or one that was folded from events that a crash or a compaction has taken back.
//
//    0   4  envelope version, 2
//    4   4  CRC-32C of all that follows
//    8  16  the store's lineage
//   24   8  fingerprint of the projection
//   32   8  how many events of the entity were folded
//   40  16  id of the last of them that wasn't dropped: it must be that event of that entity in this log
//   56   8  the log's generation, which changes when events are dropped or erased
//   64      the encoded state
#pragma once

#include "../../core/byte_io.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quipu::detail {

struct state_envelope {
  static constexpr std::size_t head_size = 64;
  static constexpr std::uint32_t version = 2;

  event_id lineage{};
  std::uint64_t generation{};
  std::uint64_t fingerprint{};
  std::uint64_t count{};
  event_id last{};

  /// Begins an envelope in a buffer; the state is appended by the caller, and then `seal` closes it.
  void begin(bytes& to) const {
    to.resize(head_size);
    store_little_endian(to.data(), version);
    std::memcpy(to.data() + 8, lineage.raw().data(), 16);
    store_little_endian(to.data() + 24, fingerprint);
    store_little_endian(to.data() + 32, count);
    std::memcpy(to.data() + 40, last.raw().data(), 16);
    store_little_endian(to.data() + 56, generation);
  }
  static void seal(bytes& envelope) noexcept {
    store_little_endian(envelope.data() + 4, crc32c(bytes_view{envelope.data() + 8, envelope.size() - 8}));
  }

  /// What an envelope says of its state; nothing where it isn't a whole one.
  [[nodiscard]] static std::optional<state_envelope> read(bytes_view envelope) noexcept {
    if (envelope.size() < head_size || load_little_endian<std::uint32_t>(envelope.data()) != version) return std::nullopt;
    if (load_little_endian<std::uint32_t>(envelope.data() + 4) != crc32c(envelope.subview(8))) return std::nullopt;
    const auto id_at = [&](std::size_t offset) {
      std::array<std::uint8_t, 16> raw;
      std::memcpy(raw.data(), envelope.data() + offset, raw.size());
      return event_id{raw};
    };
    return state_envelope{id_at(8), load_little_endian<std::uint64_t>(envelope.data() + 56), load_little_endian<std::uint64_t>(envelope.data() + 24),
                          load_little_endian<std::uint64_t>(envelope.data() + 32), id_at(40)};
  }
  [[nodiscard]] static bytes_view state_of(bytes_view envelope) noexcept { return envelope.subview(head_size); }
};

}  // namespace quipu::detail
