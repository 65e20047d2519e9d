// SPDX-License-Identifier: BSL-1.0
//
// log_salvage.hpp: reads of a damaged log what is sound. Each frame is believed for itself: its checksum, which begins
// with the store's seed, must be right, and its number must come after the one before. What lies between is skipped,
// and told.
//
// Nothing is changed in the files, and nothing new is read later.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../reports.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
#include "../write/append_entry.hpp"
#include "../write/entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe. Used once.
class log_salvage {
  using segment_list = std::vector<std::shared_ptr<segment>>;

 public:
  segment_list segments{};  ///< those in which something is sound
  log_end end{};
  std::uint64_t end_offset{};  ///< in the last of them
  std::vector<damage_report> damage{};

  /// Throws `errc::corrupt` where not even what the store is can be told, `errc::not_found`,
  /// `errc::unsupported_format`, `errc::io_failed`.
  explicit log_salvage(log_files& files);

 private:
  using placed_list = log_files::placed_list;

  void read(std::uint64_t first, const std::string& name);

  /// The head of a segment says nothing that its name and its frames don't; so it is told, and read over.
  void check_head(std::uint64_t first);

  void read_frames(std::size_t size);

  [[nodiscard]] bool is_sound(std::size_t at, std::size_t size) const noexcept;
  [[nodiscard]] bool has_content(std::size_t from, std::size_t to) const noexcept;

  void take_all(std::vector<frame_view>& commit);

  void take(const frame_view& frame);

  void define(const frame_view& frame);

  void define_schema(const frame_view& frame);

  [[nodiscard]] bool is_known(std::uint32_t coordinate) const noexcept {
    return coordinate < slots_.size() && slots_[coordinate] != nullptr;
  }
  [[nodiscard]] std::uint32_t place_of(const frame_view& frame) const noexcept;

  void take_event(const frame_view& frame);

  void take_hole(const frame_view& frame);

  // ---- telling

  void tell(std::uint64_t offset, std::uint64_t bytes, std::uint64_t events, const char* reason);

  /// Events up to `sequence` are missing: they were in what was just skipped, or nobody knows where.
  void miss(std::uint64_t sequence);

  /// A sound event of which nobody knows what it is an event of. Told once for a segment.
  void nameless(const frame_view& frame, std::uint64_t events);

  log_files& files_;
  std::string path_;
  const std::byte* base_{};
  std::shared_ptr<segment> of_;
  std::vector<coordinate_slot*> slots_;
  bool took_{};
  bool gap_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
