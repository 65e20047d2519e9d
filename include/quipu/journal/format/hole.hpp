// SPDX-License-Identifier: BSL-1.0
//
// hole.hpp: what remains of events that a compaction dropped. A run of dropped events becomes one internal frame of
// kind `tombstone`, a hole, which accounts for their sequences, ids, hashes and idempotency keys. docs/format.md
// describes it for readers in other languages; for erased events, see event/erased_event.hpp.
//
// The frame's sequence is that of the first dropped event, its id that of the last one.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../../event/erased_event.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

/// What a hole records of a dropped event: coordinate u32, flags u32, entity sequence u64; the hash if the store is
/// chained; the key, the event's id and its content digest if it had an idempotency key.
struct dropped_event {
  std::uint64_t sequence{};
  std::uint32_t coordinate{};  ///< number of the coordinate's definition in this segment
  std::uint64_t entity_sequence{};
  digest hash{};
  std::optional<event_id> key{};
  event_id id{};             ///< only if there is a key
  content_digest content{};  ///< only if there is a key

  static constexpr std::uint32_t flag_key = 1;  ///< the event had an idempotency key

  template <class Buffer>
  void put(Buffer& to, bool chained) const {
    byte_writer writer{to};
    writer.put(coordinate);
    writer.put(key ? flag_key : std::uint32_t{0});
    writer.put(entity_sequence);
    if (chained) writer.write(hash.bytes().data(), digest::size);
    if (!key) return;
    writer.write(key->raw().data(), key->raw().size());
    writer.write(id.raw().data(), id.raw().size());
    writer.write(content.data(), content.size());
  }
};

/// Reads the frame of a hole. Refers to the frame's bytes.
class hole {
 public:
  /// The payload: the fields of `layout`, then the dropped events, ascending.
  struct layout {
    static constexpr field<std::uint32_t> count{0};
    static constexpr std::size_t head_size = 4;
  };
  /// The most events in one hole.
  static constexpr std::uint32_t count_limit = 1024;

  /// For a frame that `read` has accepted.
  hole(const frame_view& frame, bool chained) noexcept;

  [[nodiscard]] static bool is_one(const frame_view& frame) noexcept;

  /// Nothing if the payload is malformed.
  [[nodiscard]] static std::optional<hole> read(const frame_view& frame, bool chained) noexcept;

  [[nodiscard]] std::uint32_t count() const noexcept { return layout::count.load(payload_.data()); }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return frame_.sequence(); }
  [[nodiscard]] event_id last_id() const noexcept { return frame_.id(); }

  /// Calls `call(dropped_event)` for each event, in ascending order.
  template <class Call>
  void each(Call&& call) const {
    byte_reader reader{payload_.subview(layout::head_size)};
    dropped_event event;
    event.sequence = first_sequence();
    for (std::uint32_t left = count(); left != 0 && take(reader, event); --left, ++event.sequence)
      call(static_cast<const dropped_event&>(event));
  }
  /// The event that had this idempotency key, if there is one.
  [[nodiscard]] std::optional<dropped_event> find_key(const event_id& key) const;

 private:
  [[nodiscard]] static bool take_id(byte_reader& reader, event_id& id) noexcept;
  [[nodiscard]] bool take(byte_reader& reader, dropped_event& event) const noexcept;

  frame_view frame_;
  bytes_view payload_;
  bool chained_;
};
static_assert(fields_fill(0, hole::layout::head_size, hole::layout::count));

}  // namespace quipu::detail::inline QUIPU_MODE
