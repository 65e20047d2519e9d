// SPDX-License-Identifier: BSL-1.0
//
// segment_rewriter.hpp: writes the events of neighbouring segments to one new file. An event's frame keeps everything
// that its hash covers; its coordinate's number, library flags and checksum change.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../environment/environment.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a compaction does with an event.
enum class event_fate : unsigned char { kept, dropped, erased };

/// Calls `take(frame_view)` for each frame of a sealed segment, in order. Checks each frame again, because the new
/// checksum of a copy would hide damage. Throws `errc::corrupt`.
template <class Take>
void visit_frames(const segment& of, const store_identity& identity, Take&& take) {
  const auto size = static_cast<std::size_t>(of.size());
  for (std::size_t at = segment_head::size; at != size;) {
    if (!check_frame(of.base() + at, size - at, identity.checksum_seed, identity.chained))
      throw_corrupt("a frame is damaged", of.path(), at);
    const frame_view frame = frame_view::any(of.base() + at, identity.chained);
    take(frame);
    at += frame.size();
  }
}

/// Not thread-safe. After an exception, the unfinished file remains; it isn't part of the log.
class segment_rewriter {
 public:
  /// Begins the file that will replace the segment with this first sequence. Throws as the environment does.
  segment_rewriter(log_files& files, std::uint64_t first_sequence);

  /// Copies a segment; `fate_of(frame)` decides what to do with each event. The segment must exist until `finish`.
  template <class FateOf>
  void take(const segment& from, FateOf&& fate_of) {
    const segment_head opening = segment_head::decode(bytes_view{from.base(), segment_head::size}, from.path());
    if (empty_) head_.head_before = opening.head_before;
    head_.generation = std::max(head_.generation, opening.generation);
    empty_ = false;
    source_.clear();
    visit_frames(from, identity_, [&](const frame_view& frame) {
      if (!frame.is_internal())
        take_event(frame, from, fate_of(frame));
      else
        take_internal(frame, from);
    });
  }

  /// Flushes the file and returns its size. `generation` is the log's new one, if this compaction removes events from
  /// the segment.
  [[nodiscard]] std::uint64_t finish(std::optional<std::uint64_t> generation, std::int64_t now_us);

 private:
  static constexpr std::uint32_t unknown = UINT32_MAX;
  static constexpr std::size_t write_at_once = std::size_t{1} << 20;

  /// A coordinate of the segment that is being copied.
  struct source_coordinate {
    std::string_view definition{};  ///< payload of its definition
    std::uint32_t number{unknown};  ///< in the new segment
    std::optional<coordinate_digest> part_of_digest{};
  };

  void take_internal(const frame_view& frame, const segment& from);

  void take_event(const frame_view& frame, const segment& from, event_fate fate);

  void erase(const frame_view& frame, std::uint32_t coordinate);

  void drop(const frame_view& frame, const segment& from);

  /// Adjacent holes become one. A hole is never split, because the ids of its events aren't known.
  void take_hole(const hole& taken, const segment& from);

  void add_to_hole(const dropped_event& event);

  /// Writes the hole of the events that were dropped since the last event that was kept.
  void end_hole();

  /// The number that a coordinate of the segment `from` has in the new segment; defines it there if it is new.
  /// `sequence` is that of the next event.
  [[nodiscard]] std::uint32_t number_of(std::uint32_t coordinate, const segment& from, std::uint64_t sequence);

  void define_schema(const frame_view& frame);

  [[nodiscard]] content_digest content_of(const frame_view& frame);

  void write_new(const frame_content& content, const digest* hash);

  /// Room for the next frame. Valid until the next call.
  [[nodiscard]] std::byte* room_for(std::size_t size);
  void write_out();

  /// A schema's definition, with the name of a type.
  struct definition {
    std::string_view payload{};
    std::string_view extensions{};
    friend bool operator==(const definition&, const definition&) = default;
  };
  struct schema {
    definition current{};
    definition written{};
  };

  const store_identity& identity_;
  std::unique_ptr<environment_file> file_;
  segment_head head_{};
  bool empty_{true};
  bool compacted_{};
  std::uint64_t end_{segment_head::size};
  bytes buffer_;
  std::vector<source_coordinate> source_;
  flat_map<std::string_view, std::uint32_t, text_hash> coordinates_;
  flat_map<std::uint32_t, schema, number_hash> schemas_;
  std::optional<seal_content> seal_;
  bytes hole_;
  std::uint32_t hole_count_{};
  std::uint64_t hole_first_{};
  event_id hole_id_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
