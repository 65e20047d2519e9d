// SPDX-License-Identifier: BSL-1.0
//
// quipu_events.hpp: the workload as quipu has it: two event types, states that fold them, and the settings of each
// subject.
#pragma once

#include "workload.hpp"

#include <quipu/event/event_list.hpp>
#include <quipu/journal/config.hpp>
#include <quipu/store/store.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace journal_bench {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, deposit_kind);
  std::int64_t cents{};
  std::uint64_t number{};
  std::array<std::uint8_t, 16> memo{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, withdrawal_kind);
  std::int64_t cents{};
  std::uint64_t number{};
  std::array<std::uint8_t, 16> memo{};
};

/// A state: what a program would fold, and what the sums are taken from.
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::uint64_t count{};
  std::int64_t cents{};
  std::uint64_t numbers{};

  void apply(const deposited& event) {
    ++count;
    cents += event.cents;
    numbers += event.number;
  }
  void apply(const withdrawn& event) {
    ++count;
    cents -= event.cents;
    numbers += event.number;
  }
};

[[nodiscard]] inline sums sums_of(const account& state) noexcept { return {state.count, state.cents, state.numbers}; }

/// Buffered, and without the timer that would sync once a second: the peers aren't synced either while they append.
[[nodiscard]] inline quipu::config settings_of(const std::string& directory, bool chain = true) {
  quipu::config settings;
  settings.directory = directory;
  settings.sync.mode = quipu::sync_mode::buffered;
  settings.sync.interval_ms = 0;
  settings.chain = chain;
  return settings;
}

/// The coordinates of all entities, which a program has at hand.
[[nodiscard]] inline std::vector<quipu::coordinate> coordinates_of(const workload& from) {
  std::vector<quipu::coordinate> all;
  all.reserve(from.entities + 1U);
  for (std::uint32_t entity = 0; entity <= from.entities; ++entity)
    all.emplace_back(workload::entity_name(entity), workload::scope_name(workload::scope_of(entity)));
  return all;
}

/// Calls `take(event)` with the event of a number, as its type.
template <class Take>
void with_event(const workload& from, std::uint64_t index, Take&& take) {
  const payload content = workload::payload_of(index);
  if (from.kind_of(index) == withdrawal_kind)
    take(withdrawn{content.cents, content.number, content.memo});
  else
    take(deposited{content.cents, content.number, content.memo});
}

}  // namespace journal_bench
