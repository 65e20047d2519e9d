// SPDX-License-Identifier: BSL-1.0
//
// project_all.hpp: one state for each of many entities, in one pass over the log for each of several threads. An entity
// belongs to one thread, so no state is shared. (Cutting the log in pieces instead wouldn't do: a fold needs its events
// in order.)
#pragma once

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

/// Numbers the entities whose hash falls to one thread, in the order in which the log has them first.
class entity_numbers {
 public:
  static constexpr std::uint32_t not_mine = UINT32_MAX;

  entity_numbers(unsigned share, unsigned shares);
  entity_numbers(const entity_numbers&) = delete;
  entity_numbers& operator=(const entity_numbers&) = delete;
  ~entity_numbers();

  /// For each event the number of its entity, or `not_mine`. They stay until the next call.
  [[nodiscard]] const std::uint32_t* of(const checked_frames& frames);
  /// The numbered entities. The names are the segments', which the snapshot keeps alive.
  [[nodiscard]] const std::vector<std::string_view>& names() const noexcept;

 private:
  struct table;
  std::unique_ptr<table> table_;
};

/// The entities whose hash falls to one thread, and their states.
template <class State>
class entity_states {
 public:
  entity_states(unsigned share, unsigned shares) : numbers_{share, shares} {}

  void fold(const log_snapshot& seen, const region& wanted) {
    const auto fold_mine = [&](const checked_frames& frames) {
      const std::uint32_t* const numbers = numbers_.of(frames);
      states_.resize(size());
      for (std::size_t index = 0; index < frames.size(); ++index)
        if (numbers[index] != entity_numbers::not_mine) fold_one(states_[numbers[index]], frames, frames[index]);
    };
    visit_region(seen, wanted, frames_visitor{fold_mine});
  }

  [[nodiscard]] std::size_t size() const noexcept { return numbers_.names().size(); }
  [[nodiscard]] std::string_view name(std::size_t number) const noexcept { return numbers_.names()[number]; }
  [[nodiscard]] const State& state(std::size_t number) const noexcept { return states_[number]; }

 private:
  entity_numbers numbers_;
  std::vector<State> states_;
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
