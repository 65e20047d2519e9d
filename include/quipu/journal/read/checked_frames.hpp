// SPDX-License-Identifier: BSL-1.0
//
// checked_frames.hpp: stored events for folds and iterators, many at once. What folds a program's types is compiled in
// the program's files; so this says where frames are, and nothing of how segments are read.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/detail/prefetch.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "log_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Events of one segment whose frames were checked. Refers to the segment and the places.
class checked_frames {
 public:
  /// How many steps before its turn an event is expected: some 100 ns of a fold, as long as memory takes.
  static constexpr std::size_t steps_ahead = 16;

  checked_frames() noexcept = default;
  checked_frames(const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count);

  /// Other events of the same segment, which were checked as well.
  [[nodiscard]] checked_frames others(const std::uint32_t* places, std::size_t count) const noexcept {
    checked_frames same = *this;
    same.places_ = places;
    same.count_ = count;
    return same;
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::uint32_t place(std::size_t index) const noexcept { return places_[index]; }
  [[nodiscard]] frame_view operator[](std::size_t index) const noexcept {
    return {base_ + std::size_t{places_[index]} * frame_alignment, is_chained_};
  }
  /// Lets the processor load an event that will be read some steps later. Without effect behind the last one.
  void expect(std::size_t index) const noexcept {
    if (index >= count_) return;
    const std::byte* at = base_ + std::size_t{places_[index]} * frame_alignment;
    for (std::size_t line = 0; line < expected_lines; ++line) prefetch(at + line * cache_line);
  }
  /// Calls `take(frame)` for each event, in order.
  template <class Take>
  void for_each(Take&& take) const {
    for (std::size_t index = 0; index < count_; ++index) {
      expect(index + steps_ahead);
      take((*this)[index]);
    }
  }
  [[nodiscard]] const event_origin& origin() const noexcept { return *origin_; }
  /// What views of the events share.
  [[nodiscard]] std::shared_ptr<const event_origin> share_origin() const noexcept;

 private:
  static constexpr std::size_t cache_line = 64;
  static constexpr std::size_t expected_lines = 2;  // head, hash and the beginning of the payload

  const std::shared_ptr<segment>* owner_{};
  const event_origin* origin_{};
  const std::byte* base_{};
  bool is_chained_{};
  const std::uint32_t* places_{};
  std::size_t count_{};
};

/// Receives ascending checked events, one or more at a time. Refers to a callable; its own type is always the same, so
/// that the functions that take one are compiled once.
class frames_visitor {
 public:
  template <class Visit>
  explicit frames_visitor(const Visit& visit) noexcept
      : visit_{&visit}, call_{[](const void* of, const checked_frames& frames) {
          (*static_cast<const Visit*>(of))(frames);
        }} {}

  void operator()(const checked_frames& frames) const { call_(visit_, frames); }

 private:
  const void* visit_;
  void (*call_)(const void*, const checked_frames&);
};

/// Calls `visit` with the selected events of a snapshot, in order. Allocates nothing for an event. If `visit` throws
/// because an event's version can't be read, the error names the shape that the log has.
void visit_region(const log_snapshot& seen, const region& wanted, frames_visitor visit);

/// As above, for the events of an entity from entity sequence `first` on.
void visit_entity(const log_snapshot& seen, std::string_view entity, std::uint64_t first, frames_visitor visit);

}  // namespace quipu::detail::inline QUIPU_MODE
