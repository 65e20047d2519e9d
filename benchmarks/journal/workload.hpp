// SPDX-License-Identifier: BSL-1.0
//
// workload.hpp: the events that every subject of the journal's benchmark stores, and what reading them back must add up
// to. A subject that skipped work gets another sum, and the run ends.
//
// `events` events, round robin over `entities` entities named account:000123, and then `hot_events` events of one more
// entity. The payload is 32 bytes: an int64, a uint64, 16 bytes. One event in ten is a withdrawal, and over time each
// entity has both kinds; an entity belongs to one of ten scopes.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace journal_bench {

inline constexpr std::uint16_t deposit_kind = 1;
inline constexpr std::uint16_t withdrawal_kind = 2;
inline constexpr std::uint32_t scope_count = 10;

/// What is stored of one event. The peers keep it as it is; quipu encodes events with the same three members.
struct payload {
  std::int64_t cents{};
  std::uint64_t number{};
  std::array<std::uint8_t, 16> memo{};
};
static_assert(sizeof(payload) == 32);

/// What a fold over events gives.
struct sums {
  std::uint64_t events{};
  std::int64_t cents{};
  std::uint64_t numbers{};

  void add(std::uint16_t kind, std::int64_t event_cents, std::uint64_t number) noexcept {
    ++events;
    cents += kind == withdrawal_kind ? -event_cents : event_cents;
    numbers += number;
  }
  friend bool operator==(const sums&, const sums&) = default;
};

struct workload {
  std::uint64_t events{};
  std::uint32_t entities{};
  std::uint64_t hot_events{};

  [[nodiscard]] std::uint64_t size() const noexcept { return events + hot_events; }
  [[nodiscard]] std::uint32_t hot() const noexcept { return entities; }
  /// An entity that isn't the hot one, and whose events are all over the log.
  [[nodiscard]] std::uint32_t spread() const noexcept { return entities / 2 + 1; }
  static constexpr std::uint32_t scope = 3;

  [[nodiscard]] std::uint32_t entity_of(std::uint64_t index) const noexcept {
    return index < events ? static_cast<std::uint32_t>(index % entities) : hot();
  }
  [[nodiscard]] std::uint16_t kind_of(std::uint64_t index) const noexcept {
    return (index + index / entities) % 10 == 3 ? withdrawal_kind : deposit_kind;
  }
  [[nodiscard]] static std::uint32_t scope_of(std::uint32_t entity) noexcept { return entity % scope_count; }
  [[nodiscard]] static payload payload_of(std::uint64_t index) noexcept {
    payload made{static_cast<std::int64_t>(index * 2654435761U % 100'000), index, {}};
    made.memo[0] = static_cast<std::uint8_t>(index);
    made.memo[15] = static_cast<std::uint8_t>(index >> 8);
    return made;
  }
  [[nodiscard]] static std::string entity_name(std::uint32_t entity) { return numbered("account:%06u", entity); }
  [[nodiscard]] static std::string scope_name(std::uint32_t number) { return numbered("branch:%02u", number); }

  /// The sums over the events for which `selects(index)` holds.
  template <class Selects>
  [[nodiscard]] sums expected(Selects selects) const {
    sums all;
    for (std::uint64_t index = 0; index < size(); ++index)
      if (selects(index)) all.add(kind_of(index), payload_of(index).cents, index);
    return all;
  }

 private:
  template <class Number>
  [[nodiscard]] static std::string numbered(const char* format, Number number) {
    char text[32];
    return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, format, number))};
  }
};

[[noreturn]] inline void give_up(const std::string& what) {
  std::fprintf(stderr, "journal_bench: %s\n", what.c_str());
  std::exit(1);
}
inline void must(bool holds, const std::string& what) {
  if (!holds) give_up(what);
}
inline void must_equal(const sums& found, const sums& wanted, const std::string& what) {
  if (found == wanted) return;
  give_up(what + ": the sums are wrong: " + std::to_string(found.events) + " events, " + std::to_string(found.cents) +
          " cents, not " + std::to_string(wanted.events) + " and " + std::to_string(wanted.cents));
}

}  // namespace journal_bench
