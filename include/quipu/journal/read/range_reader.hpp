// SPDX-License-Identifier: BSL-1.0
//
// range_reader.hpp: what the iterators of ranges take events from.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "checked_frames.hpp"
#include "event_iterator.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a range shows: the events of a snapshot that a region selects.
struct range_source {
  log_snapshot seen;
  region wanted;
};

/// Reads the events of a range in the order of the log. Where every candidate of a run is selected and was checked
/// before, those that are at hand come together; otherwise one event at a time, so that none is read too early.
class range_reader : public event_reader {
 public:
  /// Begins with the first event.
  explicit range_reader(std::shared_ptr<const range_source> from);

  [[nodiscard]] QUIPU_DECL std::unique_ptr<event_reader> copy() const override;
  QUIPU_DECL void step() override;

 private:
  [[nodiscard]] const segment& owner() const noexcept { return *from_->seen.at(segment_); }

  void enter(std::size_t position, std::uint64_t next = 0);
  void advance();

  std::shared_ptr<const range_source> from_;
  std::size_t segment_{};
  selection selected_;
  place_reader reader_;
  std::uint32_t places_[place_reader::chunk_size]{};  // of the events at hand
  bool must_enter_{};  // `reader_` is not behind the events at hand: the last step failed
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

/// Reads the events of a range from the last to the first, one at a time.
class backward_range_reader : public event_reader {
 public:
  /// Begins with the last event.
  explicit backward_range_reader(std::shared_ptr<const range_source> from);

  [[nodiscard]] QUIPU_DECL std::unique_ptr<event_reader> copy() const override;
  QUIPU_DECL void step() override;

 private:
  void begin();
  void enter(std::size_t position);
  void advance();

  std::shared_ptr<const range_source> from_;
  std::size_t segment_{};
  selection selected_;
  backward_place_reader reader_;
  std::uint32_t place_{};  // of the event at hand
  bool must_begin_{};      // `reader_` is not before that event: the last step failed
};

}  // namespace quipu::detail::inline QUIPU_MODE
