// SPDX-License-Identifier: BSL-1.0
//
// range_reader.hpp: what the iterators of ranges read with.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a range shows: the events of a snapshot that a region selects.
struct range_source {
  log_snapshot seen;
  region wanted;
};

/// Reads the events of a range in the order of the log.
class range_reader {
 public:
  /// Begins with the first event.
  explicit range_reader(std::shared_ptr<const range_source> from);

  /// The event; without data behind the last one.
  [[nodiscard]] const frame_view& frame() const noexcept { return frame_; }
  /// The segment of the event; null behind the last one.
  [[nodiscard]] const std::shared_ptr<segment>& owner() const noexcept { return from_->seen.at(segment_); }
  /// Goes to the next event. If it throws, the reader is where it was, and the next call tries the same again.
  void step() {
    if (!step_at_hand()) step_on();
  }

 private:
  void enter(std::size_t position, std::uint64_t next = 0);

  void advance();
  void step_on();
  /// Goes to the next event where its place is at hand; else returns false. Stays at the event where it throws.
  [[nodiscard]] bool step_at_hand() {
    if (must_enter_ || !selected_.takes_all()) return false;
    const std::uint32_t* const place = reader_.at_hand();
    if (place == nullptr) return false;
    frame_ = reader_.is_checked() ? owner()->sound_frame_at(*place) : owner()->frame_at(*place);
    reader_.drop_first();
    return true;
  }

  std::shared_ptr<const range_source> from_;
  std::size_t segment_{};
  selection selected_;
  place_reader reader_;
  frame_view frame_{};
  bool must_enter_{};  // `reader_` is not behind `frame_`: the last step failed
};

/// Merges the runs of a selection in descending order, a chunk of places at a time. A place that several runs have
/// comes once.
class backward_place_reader {
 public:
  backward_place_reader() = default;
  backward_place_reader(const segment& of, const selection& selected);

  /// The candidate before the last one that was returned; nothing when there is none, and then for good.
  [[nodiscard]] std::optional<std::uint32_t> next(const segment& of);

 private:
  static constexpr std::size_t chunk_size = 62;
  struct stream {
    event_run run{};
    std::size_t first{};  ///< the candidates that aren't in the chunk yet are those at [first, end) in the run
    std::size_t end{};
    std::uint32_t left{};  ///< of the chunk
    std::uint32_t chunk[chunk_size]{};

    [[nodiscard]] bool refill(const segment& of);
  };
  std::vector<stream> streams_;
  std::uint32_t last_{};  // no event has place 0
};

/// Reads the events of a range from the last to the first.
class backward_range_reader {
 public:
  /// Begins with the last event.
  explicit backward_range_reader(std::shared_ptr<const range_source> from);

  /// The event; without data before the first one.
  [[nodiscard]] const frame_view& frame() const noexcept { return frame_; }
  /// The segment of the event.
  [[nodiscard]] const std::shared_ptr<segment>& owner() const noexcept { return from_->seen.at(segment_); }
  /// Goes to the event before. If it throws, the reader is where it was, and the next call tries the same again.
  void step();

 private:
  void begin();
  void enter(std::size_t position);
  void advance();

  std::shared_ptr<const range_source> from_;
  std::size_t segment_{};
  selection selected_;
  backward_place_reader reader_;
  frame_view frame_{};
  bool must_begin_{};  // `reader_` is not before `frame_`: the last step failed
};

}  // namespace quipu::detail::inline QUIPU_MODE
