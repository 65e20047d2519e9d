// SPDX-License-Identifier: BSL-1.0
//
// event_header.hpp: what is known of an event besides its payload.
#pragma once

#include "../coordinate/dag_position.hpp"
#include "../core/event_kind.hpp"
#include "../hash/digest.hpp"
#include "event_id.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace quipu {

/// What a producer says of an event for its consumers; the library stores these bits and doesn't act on them.
enum class event_flags : std::uint16_t {
  none = 0,
  requires_ack = 1,   ///< a consumer is expected to acknowledge it with an event of its own
  transactional = 2,  ///< part of a larger unit of work
  replay = 4,         ///< appended again from an older source
};

[[nodiscard]] constexpr event_flags operator|(event_flags left, event_flags right) noexcept {
  return static_cast<event_flags>(static_cast<std::uint16_t>(left) | static_cast<std::uint16_t>(right));
}
[[nodiscard]] constexpr bool has_flag(event_flags flags, event_flags wanted) noexcept {
  return (static_cast<std::uint16_t>(flags) & static_cast<std::uint16_t>(wanted)) != 0;
}

struct event_header {
  event_id id{};
  /// The first event of the conversation that this one belongs to; its own id when it began one.
  event_id correlation_id{};
  /// The event that this one is a reaction to.
  std::optional<event_id> causation_id{};
  /// Microseconds since the Unix epoch by the store's hybrid clock: never less than an earlier event's.
  std::int64_t timestamp_us{};
  /// The time that was given with the event (`append_options.timestamp_us`), as it was given.
  std::optional<std::int64_t> given_us{};
  dag_position position{};
  event_kind kind{};
  event_flags flags{};
  std::uint32_t payload_size{};
  /// The event's link of the hash chain: BLAKE3 over the entity's previous link, coordinate, header and payload.
  /// Zero where the store keeps no chain.
  digest content_hash{};
  /// 0 for raw bytes, else the event type's `version` (1 unless it says otherwise).
  std::uint16_t schema_version{};

  /// When the event holds from: the time that was given with it, or else the store's.
  [[nodiscard]] constexpr std::int64_t valid_time_us() const noexcept { return given_us.value_or(timestamp_us); }
  [[nodiscard]] constexpr bool requires_ack() const noexcept { return has_flag(flags, event_flags::requires_ack); }
  [[nodiscard]] constexpr bool transactional() const noexcept { return has_flag(flags, event_flags::transactional); }
  [[nodiscard]] constexpr bool replay() const noexcept { return has_flag(flags, event_flags::replay); }
  /// Microseconds between the event and `now_us`; 0 for an event from the future.
  [[nodiscard]] constexpr std::uint64_t age_us(std::int64_t now_us) const noexcept {
    return now_us > timestamp_us ? static_cast<std::uint64_t>(now_us - timestamp_us) : 0;
  }
};

/// As in `event <id>, kind 0xF001, sequence 3, lane 0, depth 0, 1700000000000 ms + 2, 8 bytes`, with the cause if there
/// is one.
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const event_header& header) {
  out << "event " << header.id << ", kind " << header.kind << ", " << header.position << ", " << header.payload_size
      << " bytes";
  if (header.causation_id) out << ", caused by " << *header.causation_id;
  return out;
}

/// The two links of an entity's hash chain that an event joins.
struct chain_link {
  digest previous{};  ///< the entity's event before; zero for its first
  digest hash{};      ///< this event
  friend constexpr bool operator==(const chain_link&, const chain_link&) = default;
};

/// A decoded event, on its own: header, payload, chain.
template <class Payload>
struct event {
  event_header header{};
  Payload payload{};
  chain_link chain{};

  /// The first event of its entity.
  [[nodiscard]] constexpr bool is_genesis() const noexcept { return header.position.sequence == 0; }

  /// The same event with `transform(payload)` in the payload's place.
  template <class Transform>
  [[nodiscard]] constexpr auto map_payload(Transform&& transform) const {
    return event<decltype(transform(payload))>{header, transform(payload), chain};
  }
};

template <class Payload>
event(event_header, Payload, chain_link) -> event<Payload>;

}  // namespace quipu
