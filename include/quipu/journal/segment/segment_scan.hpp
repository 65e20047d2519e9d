// SPDX-License-Identifier: BSL-1.0
//
// segment_scan.hpp: reads a segment from its first frame on, checks each, and makes the index. Decides where the log
// ends and whether what follows is an unfinished commit or damage.
//
// Frames are written in groups, and the first frame of a group carries `flushed` when all before it was on stable
// storage. So a bad frame with a good `flushed` one behind it is damage: what a crash leaves unfinished has nothing
// flushed behind it.
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

/// What is carried from one segment to the next.
struct log_end {
  std::uint64_t next_sequence{};
  event_id last_id{};
  std::uint64_t entity_count{};  ///< entities that have an event
  entity_table entities{};
};

struct scan_result {
  std::uint64_t end{};      ///< offset behind the last complete commit
  std::uint64_t flushed{};  ///< offset of the last frame that says that all before it was on stable storage
  bool sealed{};            ///< ends with a seal, behind which the file ends
  bool closed{};            ///< the last frame says that the store was closed
  std::optional<seal_content> seal{};
  std::uint64_t generation{};     ///< that a note of a compaction names; 0 where there is none
  std::uint64_t dropped_bytes{};  ///< behind `end` and not zero: what a crash left unfinished
  std::string reason{};           ///< why, where `dropped_bytes` isn't 0
};

class segment_scan {
 public:
  /// `in_the_middle`: what comes before the segment isn't known, and `end` is new. An entity may begin with any number
  /// then.
  segment_scan(segment& of, const store_identity& identity, log_end& end, bool in_the_middle = false);

  /// Goes on at `begin`: what is before it is in the segment's index already, and on stable storage.
  void resume_at(std::uint64_t begin);

  /// Reads a segment that has `size` bytes, all of them mapped. `is_last`: an unfinished end is cut off there, and is
  /// damage elsewhere. Throws `errc::corrupt` with the path and the offset of the first damage.
  [[nodiscard]] scan_result run(std::size_t size, bool is_last);

  /// Takes the whole commits at the beginning of `window`: what the file has from offset `result().end` on. The window
  /// may be a copy; what is in the index afterwards refers to the mapping.
  void read(bytes_view window);

  /// Decides what lies behind the last complete commit, where the file ends with `window`: nothing, something
  /// unfinished (which `result()` says then), or damage to what was finished (`errc::corrupt`).
  void judge(bytes_view window);

  [[nodiscard]] const scan_result& result() const noexcept { return result_; }

 private:
  [[noreturn]] void fail(const frame_view& frame, const std::string& message) const;

  void take(const frame_view& frame, scan_result& result);

  void take_internal(const frame_view& frame, scan_result& result);

  void take_event(const frame_view& frame);

  void take_hole(const frame_view& frame);

  void check_entity(const frame_view& frame, const entity_end& entity, std::uint64_t sequence) const;

  /// A coordinate that was defined before the place where reading was resumed is looked up when it is met.
  [[nodiscard]] coordinate_slot& slot_of(std::uint32_t number);

  segment& of_;
  const std::byte* base_;
  std::uint32_t seed_;
  bool chained_;
  bool in_the_middle_;
  log_end& end_;
  scan_result result_{};
  std::uint64_t stopped_{};  // offset of the first frame that isn't whole
  bool unfinished_{};        // whole frames of a commit that goes on lie before it
  std::vector<frame_view> commit_;
  std::vector<coordinate_slot*> slots_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
