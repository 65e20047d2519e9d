// SPDX-License-Identifier: BSL-1.0
//
// bank.hpp: the events of the bank, and an account. A file that only names these includes no store.
#pragma once

#include <quipu/model.hpp>

#include <cstdint>
#include <string>

struct opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct received {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string from{};
  std::int64_t cents{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::string to{};
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<opened, received, paid>;
  std::int64_t cents{};
  constexpr void apply(const opened& event) { cents += event.cents; }
  constexpr void apply(const received& event) { cents += event.cents; }
  constexpr void apply(const paid& event) { cents -= event.cents; }
};
