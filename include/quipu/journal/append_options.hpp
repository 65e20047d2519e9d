// SPDX-License-Identifier: BSL-1.0
//
// append_options.hpp: the options of an append, and its receipt.
#pragma once

#include "../coordinate/dag_position.hpp"
#include "../event/event_header.hpp"
#include "../event/event_id.hpp"
#include "../event/metadata.hpp"
#include "../hash/digest.hpp"
#include "append_condition.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

  /// Any version, or no stream.
  [[nodiscard]] static constexpr expected_version any() noexcept { return {}; }
  /// The entity has no event yet.
  [[nodiscard]] static constexpr expected_version no_stream() noexcept { return {how::no_stream, 0}; }
  /// The entity has an event.
  [[nodiscard]] static constexpr expected_version stream_exists() noexcept { return {how::exists, 0}; }
  /// The entity's last event has this entity sequence (its first has 0).
  [[nodiscard]] static constexpr expected_version exactly(std::uint64_t last) noexcept { return {how::exactly, last}; }

  /// Whether a stream with `count` events is as expected.
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

  /// The number of events that the stream must have; nothing if several numbers are allowed.
  [[nodiscard]] constexpr std::optional<std::uint64_t> count() const noexcept {
    if (how_ == how::no_stream) return 0;
    if (how_ == how::exactly) return last_ + 1;
    return std::nullopt;
  }
  /// The argument of `exactly`; nothing for the others.
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
  /// What must not have happened since the decision to append: `none_since(region, sequence)`. Otherwise the append is
  /// `errc::conflict`, with the events in between. Decided under the lock of the append, in time proportional to the
  /// events that the region selects since. The events of the same commit don't count. An append that repeats an
  /// idempotency key has happened, whatever its condition.
  std::optional<append_condition> condition{};
  /// Makes a repeated append happen once: an append with the key, coordinate, kind and bytes of an earlier one changes
  /// nothing and returns the first receipt. If coordinate, kind or bytes differ, it throws
  /// `errc::idempotency_mismatch`. `event_id::from_name(text)` makes a key of any text; the nil id is
  /// `errc::invalid_argument`.
  std::optional<event_id> idempotency_key{};
  /// The conversation that the event belongs to. The default is that of its cause; without a cause, the event begins a
  /// conversation.
  std::optional<event_id> correlation_id{};
  /// The cause: the event that this one reacts to. Throws `errc::not_found` unless it is in the store.
  std::optional<event_id> causation_id{};
  event_flags flags{};
  /// The depth and lane of the history that the event belongs to, as in `{.position = event.header().position.fork(1,
  /// 7)}` for the first event of a fork; the default is the root history. The position's sequence and time are ignored:
  /// the store assigns them, on every lane.
  std::optional<dag_position> position{};
  /// The default is `config.sync.mode`.
  std::optional<quipu::durability> durability{};
  /// The reason for bypassing the gates; set by `pipeline.commit` of a `bypass`. At most 1,024 bytes
  /// (`errc::payload_too_large`).
  std::string bypass_reason{};
  /// Text beside the payload that describes the event and is not part of it, such as a trace. It is not compared where
  /// an idempotency key repeats, and is erased with the payload. At most 64 entries (`errc::payload_too_large`), keys
  /// of 1 to 255 bytes (`errc::invalid_argument`), and 16,384 bytes together, with 3 for each entry
  /// (`errc::payload_too_large`).
  metadata_map metadata{};
  /// Takes over the cause's metadata, too; of a key that both have, the value in `metadata` counts. Without a cause it
  /// is `errc::invalid_argument`.
  bool copy_metadata{false};
  /// The time from which the event holds, in microseconds since the Unix epoch, kept as it is given: for history that
  /// is imported, and for what is entered late or ahead. It changes neither the event's place in the log nor the
  /// store's own time of it; `event_header::valid_time_us()` and `as_of::valid_time` go by it. Not compared where an
  /// idempotency key repeats; erased with the payload.
  std::optional<std::int64_t> timestamp_us{};
  /// Texts by which a region selects the event (`region::tag`), beside those that its type names (`tags()`). The event
  /// gets the union: at most 16 tags of 1 to 255 bytes without NUL (`errc::invalid_argument`).
  std::vector<std::string> tags{};
};

/// The result of an append.
struct receipt {
  event_id id{};
  std::uint64_t sequence{};         ///< the event's number in the store, from 0, without holes
  std::uint64_t entity_sequence{};  ///< the event's number within its entity, from 0
  /// The event's hash. Zero in an unchained store, for a buffered append, which returns before hashing (then
  /// `get(id).hash()` has it), and for an event that was damaged before its hash was read back.
  digest hash{};
  bool durable{};  ///< the event was on stable storage when the receipt was made

  friend bool operator==(const receipt&, const receipt&) = default;

  /// As in `event <id>, sequence 7, entity sequence 3, durable`.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const receipt& given) {
    return out << "event " << given.id << ", sequence " << given.sequence << ", entity sequence "
               << given.entity_sequence << (given.durable ? ", durable" : ", buffered");
  }
};

}  // namespace quipu
