// SPDX-License-Identifier: BSL-1.0
//
// log_salvage.hpp: reads what is sound of a damaged log. A frame is accepted if its checksum, which begins with the
// store's seed, is right, and if it belongs to the segment: its sequence lies below the first one of the segment behind
// it, and its hash, where the event of its entity before it is known, is what its content and its entity give. Of
// frames whose sequences don't ascend, as many as can are taken. What lies between accepted frames is skipped and
// reported.
//
// The files are not changed, and later appends are not read.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/frame.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../reports.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "../segment/segment_scan.hpp"
#include "../write/append_entry.hpp"
#include "../write/entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The constructor does the work. Not thread-safe.
class log_salvage {
 public:
  segment_list segments{};  ///< segments with sound frames
  log_end end{};
  std::uint64_t end_offset{};  ///< offset in the last of them
  std::vector<damage_report> damage{};
  opening_report report{.path = opening_path::salvaged};

  /// `key` is the chain's, if the program has it. Throws `errc::corrupt` if no file tells the store's identity,
  /// `errc::configuration` if the key is another store's, `errc::not_found`, `errc::unsupported_format`,
  /// `errc::io_failed`.
  log_salvage(log_files& files, const std::optional<digest>& key);

 private:
  using placed_list = log_files::placed_list;

  struct found_segment {
    std::uint64_t first{};  ///< the number of its first event
    std::uint64_t named{};  ///< the number in its name
    std::uint64_t end{};    ///< the first event of the next segment, or the highest number
    std::string path{};
    std::size_t size{};
    file_mapping mapping{};
  };
  /// The files of the segments, in the order of their first events: a file may have the name of another segment.
  [[nodiscard]] std::vector<found_segment> open_all(const placed_list& placed);
  /// Nothing, and reported, if it is no file.
  [[nodiscard]] std::optional<found_segment> open_one(const log_files::placed_segment& placed);
  /// The number that a sound head says; the name's if there is none, or if the first frame contradicts it.
  [[nodiscard]] std::uint64_t number_of(const found_segment& found) const noexcept;

  /// Whether its head or its first frame says that it begins with `found.first`.
  [[nodiscard]] bool begins_here(const found_segment& found) const noexcept;

  void read(const found_segment& found);
  void compare_with_recorded_end();

  /// A damaged segment head is reported and skipped; the name and the frames carry the same data.
  void check_head(const found_segment& found);

  /// A frame, or damage.
  struct found_part {
    std::size_t at{};
    std::size_t size{};
    const char* damage{};  ///< why it is left out; null for a frame
  };
  /// The frames that belong to the segment, and what lies between them.
  [[nodiscard]] std::vector<found_part> find_parts(std::size_t size) const;
  [[nodiscard]] bool is_sound(std::size_t at, std::size_t size) const noexcept;
  /// Whether there is a sound frame whose sequence is one of this segment's.
  [[nodiscard]] bool is_own(std::size_t at, std::size_t size) const noexcept;
  [[nodiscard]] bool has_content(std::size_t from, std::size_t to) const noexcept;

  /// A part of the segment may have been written over another: marks as few frames as damage as leave the sequences of
  /// the others ascending.
  void leave_out_copies(std::vector<found_part>& parts) const;

  /// Defines what the segment defines anywhere.
  void define(const std::vector<found_part>& parts);

  void take_parts(const std::vector<found_part>& parts, std::size_t size);

  void take(const frame_view& frame);

  [[nodiscard]] bool is_known(std::uint32_t coordinate) const noexcept {
    return coordinate < slots_.size() && slots_[coordinate] != nullptr;
  }
  [[nodiscard]] frame_view frame_at(std::size_t at) const noexcept {
    return frame_view::any(base_ + at, files_.identity().chained);
  }
  [[nodiscard]] std::uint64_t offset_of(const frame_view& frame) const noexcept {
    return static_cast<std::uint64_t>(frame.data() - base_);
  }
  [[nodiscard]] std::uint32_t place_of(const frame_view& frame) const noexcept;

  void take_event(const frame_view& frame);

  /// True also if that can't be told: the event before it is missing, the content was erased, or the key isn't known.
  [[nodiscard]] bool has_right_hash(const frame_view& frame) const;

  void take_hole(const frame_view& frame);

  // ---- reporting

  void tell(std::uint64_t offset, std::uint64_t bytes, std::uint64_t events, const char* reason);

  /// Reports that the events before `sequence` are missing: in the part that was just skipped, or before `offset`.
  void miss(std::uint64_t sequence, std::uint64_t offset);

  /// Reports frames that are sound by themselves and left out. Those with the same reason are one report.
  void leave_out(const frame_view& frame, std::uint64_t events, const char* reason);

  static constexpr const char* lost_coordinates = "the coordinates of events are lost";

  log_files& files_;
  std::string path_;
  const std::byte* base_{};
  std::shared_ptr<segment> of_;
  std::uint64_t range_end_{};  // of the sequences that the segment may have
  std::vector<coordinate_slot*> slots_;
  bool took_{};
  bool gap_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
