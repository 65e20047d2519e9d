// SPDX-License-Identifier: BSL-1.0
//
// hole.hpp: what is left of events that a compaction dropped: a run of them becomes one internal frame, a hole, so that numbers, ids, hashes
// and idempotency keys stay accounted for. docs/format.md says the same for readers in other languages. (For erased events, see
// event/erased_event.hpp.)
//
// A hole is an internal frame of kind `tombstone`. Its sequence is the number of the first dropped event, its id that of the last one. Payload:
//    0   4  how many were dropped
// and for each of them
//    0   4  number of its coordinate's definition in this segment
//    4   4  flags: 1 it had an idempotency key
//    8   8  entity sequence
//   16  32  hash; absent where the store keeps no chain
//   and where it had a key: the key 16, the event's id 16, its content digest 16
#pragma once

#include "../../core/byte_io.hpp"
#include "../../event/erased_event.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quipu::detail {

/// What is kept of a dropped event.
struct dropped_event {
  std::uint64_t sequence{};
  std::uint32_t coordinate{};
  std::uint64_t entity_sequence{};
  digest hash{};
  std::optional<event_id> key{};
  event_id id{};              ///< where there is a key
  content_digest content{};   ///< likewise

  static constexpr std::uint32_t flag_key = 1;

  template <class Buffer>
  void put(Buffer& to, bool chained) const {
    byte_writer writer{to};
    writer.put(coordinate);
    writer.put(key ? flag_key : std::uint32_t{0});
    writer.put(entity_sequence);
    if (chained) writer.write(hash.bytes().data(), digest::size);
    if (!key) return;
    writer.write(key->raw().data(), 16);
    writer.write(id.raw().data(), 16);
    writer.write(content.data(), content.size());
  }
};

/// A hole's frame, read. Refers to the frame.
class hole {
 public:
  /// More events than this don't share a hole.
  static constexpr std::uint32_t count_limit = 1024;

  /// Of a frame that `read` accepted before.
  hole(const frame_view& frame, bool chained) noexcept : frame_{frame}, payload_{frame.data() + frame_header_size, frame.payload_size()}, chained_{chained} {}

  [[nodiscard]] static bool is_one(const frame_view& frame) noexcept { return frame.is_internal() && frame.kind() == event_kind::tombstone; }

  /// Nothing where the payload isn't whole.
  [[nodiscard]] static std::optional<hole> read(const frame_view& frame, bool chained) noexcept {
    const hole found{frame, chained};
    byte_reader reader{found.payload_};
    std::uint32_t count{};
    if (!reader.get(count) || count == 0 || frame.sequence() > UINT64_MAX - count) return std::nullopt;
    dropped_event each;
    for (; count != 0; --count)
      if (!found.take(reader, each)) return std::nullopt;
    if (reader.remaining() != 0) return std::nullopt;
    return found;
  }

  [[nodiscard]] std::uint32_t count() const noexcept { return load_little_endian<std::uint32_t>(payload_.data()); }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return frame_.sequence(); }
  [[nodiscard]] event_id last_id() const noexcept { return frame_.id(); }

  /// Calls `call(dropped_event)` for each, in order.
  template <class Call>
  void each(Call&& call) const {
    byte_reader reader{payload_.subview(4)};
    dropped_event event;
    event.sequence = first_sequence();
    for (std::uint32_t left = count(); left != 0 && take(reader, event); --left, ++event.sequence) call(static_cast<const dropped_event&>(event));
  }
  /// The dropped event that had an idempotency key.
  [[nodiscard]] std::optional<dropped_event> find_key(const event_id& key) const {
    std::optional<dropped_event> found;
    each([&](const dropped_event& event) {
      if (event.key == key) found = event;
    });
    return found;
  }

 private:
  [[nodiscard]] static bool take_id(byte_reader& reader, event_id& id) noexcept {
    bytes_view part;
    if (!reader.take(part, 16)) return false;
    std::array<std::uint8_t, 16> raw;
    std::memcpy(raw.data(), part.data(), raw.size());
    id = event_id{raw};
    return true;
  }
  [[nodiscard]] bool take(byte_reader& reader, dropped_event& event) const noexcept {
    std::uint32_t flags{};
    if (!reader.get(event.coordinate) || !reader.get(flags) || !reader.get(event.entity_sequence)) return false;
    if ((flags & ~dropped_event::flag_key) != 0) return false;
    bytes_view part;
    if (chained_) {
      if (!reader.take(part, digest::size)) return false;
      std::array<std::byte, digest::size> hash;
      std::memcpy(hash.data(), part.data(), hash.size());
      event.hash = digest{hash};
    }
    event.key.reset();
    if (flags == 0) return true;
    event_id key;
    if (!take_id(reader, key) || !take_id(reader, event.id) || !reader.take(part, event.content.size())) return false;
    event.key = key;
    std::memcpy(event.content.data(), part.data(), event.content.size());
    return true;
  }

  frame_view frame_;
  bytes_view payload_;
  bool chained_;
};

}  // namespace quipu::detail
