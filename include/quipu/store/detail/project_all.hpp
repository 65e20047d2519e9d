// SPDX-License-Identifier: BSL-1.0
//
// project_all.hpp: one state for each of many entities, in one pass over the log for each of several threads. An entity
// belongs to one thread, so no state is shared. (Cutting the log in pieces instead wouldn't do: a fold needs its events
// in order.)
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../journal/read/checked_frames.hpp"
#include "../../journal/read/log_snapshot.hpp"
#include "../../macros.hpp"
#include "projector.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The entities whose hash falls to one thread, and their states, in the order in which the log has them first.
template <class State>
class entity_states {
 public:
  entity_states(unsigned share, unsigned shares) noexcept : share_{share}, shares_{shares} {}

  void fold(const log_snapshot& seen, const region& wanted) {
    const event_origin* in = nullptr;
    const auto fold_mine = [&](const checked_frames& frames) {
      if (&frames.origin() != in) {
        in = &frames.origin();
        by_coordinate_.clear();
      }
      const checked_frames mine = choose_mine(frames);
      for (std::size_t index = 0; index < mine.size(); ++index)
        fold_one(states_[numbers_[index]], mine, mine[index]);
    };
    visit_region(seen, wanted, frames_visitor{fold_mine});
  }

  [[nodiscard]] std::size_t size() const noexcept { return states_.size(); }
  [[nodiscard]] std::string_view name(std::size_t number) const noexcept { return names_.begin()[number].key; }
  [[nodiscard]] const State& state(std::size_t number) const noexcept { return states_[number]; }

 private:
  /// Which of some events fold into states of this share, and into which: `numbers_`. Apart from the folding, so that
  /// the processor needn't guess for each event whether it will be folded.
  [[nodiscard]] checked_frames choose_mine(const checked_frames& frames) {
    places_.resize(frames.size());
    numbers_.resize(frames.size());
    std::size_t count = 0;
    for (std::size_t index = 0; index < frames.size(); ++index) {
      frames.expect(index + checked_frames::steps_ahead);
      places_[count] = frames.place(index);
      numbers_[count] = number_of(frames.origin(), frames[index].coordinate());
      count += numbers_[count] != not_mine ? 1 : 0;
    }
    return frames.others(places_.data(), count);
  }

  static constexpr std::uint32_t unknown = UINT32_MAX;
  static constexpr std::uint32_t not_mine = UINT32_MAX - 1;

  [[nodiscard]] std::uint32_t number_of(const event_origin& in, std::uint32_t coordinate) {
    if (coordinate >= by_coordinate_.size()) by_coordinate_.resize(std::size_t{coordinate} + 1, unknown);
    std::uint32_t& number = by_coordinate_[coordinate];
    if (number == unknown) number = find(in.names_of(coordinate).entity);
    return number;
  }

  [[nodiscard]] std::uint32_t find(std::string_view entity) {
    if (text_hash{}(entity) % shares_ != share_) return not_mine;
    if (const std::uint32_t* known = names_.find(entity)) return *known;
    const auto number = static_cast<std::uint32_t>(states_.size());
    states_.emplace_back();
    return names_.insert(entity, number);
  }

  unsigned share_;
  unsigned shares_;
  flat_map<std::string_view, std::uint32_t, text_hash>
      names_;  // the names are the segments', which the snapshot keeps alive
  std::vector<State> states_;
  std::vector<std::uint32_t> by_coordinate_;
  std::vector<std::uint32_t> places_;   // of the events at hand that are this share's
  std::vector<std::uint32_t> numbers_;  // of their states
};

[[nodiscard]] unsigned processor_count() noexcept;

/// How many of `threads` are worth their start for a log of so many events; at least 1.
[[nodiscard]] unsigned useful_threads(unsigned threads, std::uint64_t events) noexcept;

/// Calls `run(work, share)` for each share below `shares`, each in a thread of its own, share 0 in this one; returns
/// when all have returned. Throws what one of them threw, and `errc::io_failed` where a thread can't be started.
void run_shares(unsigned shares, void (*run)(void* work, unsigned share), void* work);

/// Calls `take(entity, state)` for each entity that has an event in the region, from this thread, after the folding.
/// Uses up to `threads` threads, but not for little work. Throws what folding throws.
template <class State, class Take>
void project_each(const log_snapshot& seen, const region& wanted, unsigned threads, Take&& take) {
  struct work {
    const log_snapshot& seen;
    const region& wanted;
    std::vector<std::unique_ptr<entity_states<State>>> parts;
  } all{seen, wanted, {}};
  const unsigned shares = useful_threads(threads, seen.end_sequence);
  for (unsigned share = 0; share < shares; ++share)
    all.parts.push_back(std::make_unique<entity_states<State>>(share, shares));
  run_shares(
      shares,
      [](void* opaque, unsigned share) {
        work& shared = *static_cast<work*>(opaque);
        shared.parts[share]->fold(shared.seen, shared.wanted);
      },
      &all);
  for (const auto& part : all.parts)
    for (std::size_t number = 0; number < part->size(); ++number) take(part->name(number), part->state(number));
}

}  // namespace quipu::detail::inline QUIPU_MODE
