// SPDX-License-Identifier: BSL-1.0
//
// books.hpp: the events of a bank and what is folded from them. Needs no store.
#pragma once

#if __has_include(<quipu/model.hpp>)
#include <quipu/model.hpp>
#else
#include <quipu.hpp>
#endif

#include <cstdint>
#include <map>
#include <string>

struct opened {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 1);
  std::string owner{};
  std::uint32_t branch{};
};
struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 2);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 3);
  std::int64_t cents{};
  std::string memo{};
};

struct account {
  using events = quipu::event_list<opened, deposited, withdrawn>;
  std::string owner{};
  std::int64_t cents{};
  void apply(const opened& event) { owner = event.owner; }
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};

struct branches {
  using events = quipu::event_list<opened>;
  std::map<std::uint32_t, std::uint64_t> accounts{};
  void apply(const opened& event) { ++accounts[event.branch]; }
};

/// The balance after a withdrawal: what an account would show.
std::int64_t balance_after(std::int64_t cents, const withdrawn& event);
