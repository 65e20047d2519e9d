// SPDX-License-Identifier: BSL-1.0
//
// worker_record.hpp: the parked and skipped events of a worker. The record is the state in the checkpoint of the
// worker's cursor, so that position and record are one file.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../macros.hpp"
#include "../parked_event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr std::size_t parked_text_max_bytes = 1024;
inline constexpr std::size_t skipped_kept = 64;
inline constexpr std::size_t parked_limit_max = 65'536;

/// The record's encoding is a head, followed by the parked events and the last skipped events, each oldest first. Each
/// event consists of the fields of `event_layout` and a text. An empty record has no bytes.
struct worker_record {
  struct layout {
    static constexpr field<std::uint32_t> magic{0};
    static constexpr field<std::uint32_t> version{4};
    static constexpr field<std::uint64_t> skipped_count{8};  ///< all skipped events, not only those that follow
    static constexpr field<std::uint32_t> parked_size{16};   ///< parked events that follow
    static constexpr field<std::uint32_t> skipped_size{20};  ///< skipped events that follow
    static constexpr std::size_t head_size = 24;
  };
  struct event_layout {
    static constexpr field<event_id> id{0};
    static constexpr field<std::uint64_t> sequence{16};
    static constexpr field<std::uint64_t> attempts{24};
    static constexpr field<std::int64_t> failed_at_us{32};
    static constexpr field<std::uint32_t> text_size{40};
    static constexpr std::size_t head_size = 44;
  };
  using event_list = std::vector<parked_event>;
  static constexpr std::uint32_t magic = 0x4B52'5751;  // "QWRK"
  static constexpr std::uint32_t version = 1;

  event_list parked{};
  event_list skipped{};           // the last `skipped_kept`
  std::uint64_t skipped_count{};  // all skipped events

  [[nodiscard]] bool empty() const noexcept { return parked.empty() && skipped_count == 0; }

  /// Appends a skipped event; removes the oldest if there are more than `skipped_kept`.
  void add_skipped(parked_event event);

  /// Removes an event from the parked ones. Returns false if it is not one of them.
  bool remove_parked(const event_id& which);

  /// Returns the encoded record; no bytes if it is empty.
  [[nodiscard]] bytes encode() const;

  /// Returns the record that `raw` encodes; nothing if it is not a record.
  [[nodiscard]] static std::optional<worker_record> decode(bytes_view raw);

  /// Returns the record in a checkpoint's state. Throws `errc::invalid_argument` if the state belongs to another
  /// consumer.
  [[nodiscard]] static worker_record of(bytes_view state, std::string_view name);

 private:
  [[nodiscard]] static bool read_event(byte_reader& reader, event_list& to);
};
static_assert(fields_fill(0, worker_record::layout::head_size, worker_record::layout::magic,
                          worker_record::layout::version, worker_record::layout::skipped_count,
                          worker_record::layout::parked_size, worker_record::layout::skipped_size));
static_assert(fields_fill(0, worker_record::event_layout::head_size, worker_record::event_layout::id,
                          worker_record::event_layout::sequence, worker_record::event_layout::attempts,
                          worker_record::event_layout::failed_at_us, worker_record::event_layout::text_size));

}  // namespace quipu::detail::inline QUIPU_MODE
