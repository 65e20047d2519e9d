// SPDX-License-Identifier: BSL-1.0
//
// segment_scan.hpp: reads a segment from its first frame on, checks each frame, and makes the index. Decides where the
// log ends, and whether what follows is an unfinished commit or damage.
//
// Frames are written in groups. The first frame of a group carries `flushed` if everything before it was on stable
// storage. So a bad frame that precedes a good `flushed` frame is damage: nothing was flushed after what a crash leaves
// unfinished.
#pragma once

#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../write/entity_table.hpp"
#include "segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The end of the log so far, carried from one segment to the next.
struct log_end {
  std::uint64_t next_sequence{};
  event_id last_id{};
  std::uint64_t entity_count{};  ///< number of entities that have an event
  entity_table entities{};
};

struct scan_result {
  std::uint64_t end{};      ///< offset behind the last complete commit
  std::uint64_t flushed{};  ///< offset of the last frame with `flushed`: everything before it was on stable storage
  bool sealed{};            ///< the segment ends with a seal
  bool closed{};            ///< the last frame is the mark of an orderly close
  std::optional<seal_content> seal{};
  std::uint64_t generation{};     ///< generation in a note of a compaction; 0 if there is none
  std::uint64_t dropped_bytes{};  ///< bytes behind `end`, up to the last one that is not zero
  std::string reason{};           ///< why `dropped_bytes` is not 0

  /// Whether nothing can have been lost at the end: the log was closed in order, or the segment has nothing.
  [[nodiscard]] bool was_closed() const noexcept { return dropped_bytes == 0 && (closed || end == segment_head::size); }
};

class segment_scan {
 public:
  /// Whether other threads read the segment meanwhile: then its index is changed under its lock.
  enum class readers : bool { none_yet, there };
  /// `in_the_middle`: the segments before this one are unknown and `end` is new, so entities may begin with any entity
  /// sequence.
  segment_scan(segment& of, const store_identity& identity, log_end& end, readers others, bool in_the_middle = false);

  /// Continues at `begin`. What precedes it is in the segment's index and on stable storage.
  void resume_at(std::uint64_t begin);

  /// Reads a segment of `size` bytes, which are all mapped. `is_last`: an unfinished end is cut off; in any other
  /// segment it is damage. Throws `errc::corrupt` with path and offset of the first damage.
  [[nodiscard]] scan_result run(std::size_t size, bool is_last);

  /// Takes the whole commits at the beginning of `window`, which has the file's bytes from offset `result().end` on.
  /// The window may be a copy; the index refers to the mapping. Throws `errc::corrupt`, and what looking up an entity
  /// in an earlier segment throws; then see `is_torn`.
  void read(bytes_view window);

  /// Decides what lies behind the last complete commit in a file that ends with `window`: nothing, an unfinished commit
  /// (reported in `result()`), or damage (throws `errc::corrupt`).
  void judge(bytes_view window);

  [[nodiscard]] const scan_result& result() const noexcept { return result_; }

  /// Whether `read` failed while it took a commit: the index and the end of the log have a part of it. Nothing more can
  /// be read, and the events from `result().end` on must not be shown.
  [[nodiscard]] bool is_torn() const noexcept { return is_taking_; }

 private:
  [[noreturn]] void fail(const frame_view& frame, const std::string& message) const;

  template <class Change>
  decltype(auto) change_index(Change&& change) {
    return others_ == readers::none_yet ? change(of_.own_index()) : of_.change_index(change);
  }

  void take(const frame_view& frame, scan_result& result);

  void take_internal(const frame_view& frame, scan_result& result);

  void take_event(const frame_view& frame);

  void take_hole(const frame_view& frame);

  void check_entity(const frame_view& frame, const entity_end& entity, std::uint64_t sequence) const;

  /// The slot of a coordinate; looks up one that was defined before the place where reading continued.
  [[nodiscard]] coordinate_slot& slot_of(std::uint32_t number);

  segment& of_;
  const std::byte* base_;
  std::uint32_t seed_;
  bool chained_;
  readers others_;
  bool in_the_middle_;
  log_end& end_;
  scan_result result_{};
  std::uint64_t stopped_{};  // offset of the first frame that is not whole
  bool unfinished_{};        // whole frames of an unfinished commit precede it
  bool is_taking_{};         // from the first frame of a commit until after the last
  std::vector<frame_view> commit_;
  std::vector<coordinate_slot*> slots_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
