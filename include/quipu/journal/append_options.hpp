// SPDX-License-Identifier: BSL-1.0
//
// append_options.hpp: what an append may ask for beside its event, and the receipt it gets.
#pragma once

#include "../coordinate/dag_position.hpp"
#include "../event/event_header.hpp"
#include "../event/event_id.hpp"
#include "../hash/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace quipu {

/// What a receipt promises.
enum class durability : std::uint8_t {
  durable,   ///< on stable storage when the append returns; concurrent callers share a flush
  buffered,  ///< on stable storage by the next sync, `sync.every_n_events` or `sync.interval_ms`, whichever comes first
};

/// The version that an entity's stream must have for an append to happen: the entity sequence of its last event. A
/// stream of another version is `errc::conflict`.
class expected_version {
 public:
  constexpr expected_version() noexcept = default;

  /// Whatever is there.
  [[nodiscard]] static constexpr expected_version any() noexcept { return {}; }
  /// The entity has no event yet.
  [[nodiscard]] static constexpr expected_version no_stream() noexcept { return {how::no_stream, 0}; }
  /// The entity has an event.
  [[nodiscard]] static constexpr expected_version stream_exists() noexcept { return {how::exists, 0}; }
  /// The entity's last event has this entity sequence (its first has 0).
  [[nodiscard]] static constexpr expected_version exactly(std::uint64_t last) noexcept { return {how::exactly, last}; }

  /// Whether an entity with `count` events is as expected.
  [[nodiscard]] constexpr bool allows(std::uint64_t count) const noexcept {
    switch (how_) {
      case how::any:
        return true;
      case how::no_stream:
        return count == 0;
      case how::exists:
        return count != 0;
      case how::exactly:
        return count != 0 && last_ == count - 1;
    }
    return false;
  }

  /// How many events the entity would have; nothing where any number, or any but none, is as expected.
  [[nodiscard]] constexpr std::optional<std::uint64_t> count() const noexcept {
    if (how_ == how::no_stream) return 0;
    if (how_ == how::exactly) return last_ + 1;
    return std::nullopt;
  }
  /// The entity sequence that `exactly` was given.
  [[nodiscard]] constexpr std::optional<std::uint64_t> last() const noexcept {
    return how_ == how::exactly ? std::optional{last_} : std::nullopt;
  }

  friend constexpr bool operator==(const expected_version&, const expected_version&) noexcept = default;

 private:
  enum class how : std::uint8_t { any, no_stream, exists, exactly };
  constexpr expected_version(how which, std::uint64_t last) noexcept : how_{which}, last_{last} {}

  how how_{how::any};
  std::uint64_t last_{};
};

struct append_options {
  quipu::expected_version expected{};
  /// Names what is being done, so that doing it again changes nothing: the same key with the same coordinate, kind and
  /// bytes gives the first receipt again; with anything else it is `errc::idempotency_mismatch`.
  /// `event_id::from_name(text)` makes one of any text; the nil id is `errc::invalid_argument`.
  std::optional<event_id> idempotency_key{};
  /// The conversation the event belongs to; where absent, that of its cause, or else the event begins one.
  std::optional<event_id> correlation_id{};
  /// The event that this one is a reaction to. Must be in the store (`errc::not_found`).
  std::optional<event_id> causation_id{};
  event_flags flags{};
  /// The depth and lane of the history that the event belongs to, as in `{.position = event.header().position.fork(1,
  /// 7)}` for the first event of a fork; absent for the root history. Sequence and time in it are ignored: the store
  /// gives them, whatever the lane.
  std::optional<dag_position> position{};
  /// Where absent, what `config.sync.mode` says; durable unless it says otherwise.
  std::optional<quipu::durability> durability{};
  /// Why the gates were bypassed for this event; `pipeline.commit` of a `bypass` sets it. At most 1,024 bytes
  /// (`errc::payload_too_large`).
  std::string bypass_reason{};
};

/// What an append promises to have done.
struct receipt {
  event_id id{};
  std::uint64_t sequence{};         ///< the event's number in the store, from 0, without holes
  std::uint64_t entity_sequence{};  ///< the event's number within its entity, from 0
  /// The event's link of the hash chain. Zero where the store keeps no chain, and where the append was buffered:
  /// hashing waits for the flush then, and `get(id).hash()` has it.
  digest hash{};
  bool durable{};  ///< the event was on stable storage when the receipt was made

  friend bool operator==(const receipt&, const receipt&) = default;
};

}  // namespace quipu
