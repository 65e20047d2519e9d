// SPDX-License-Identifier: BSL-1.0
//
// orders.hpp: the types of a shop, whose program of three lines is the command with these types.
#pragma once

#include <quipu/model.hpp>

#include <cstdint>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string what;
};

struct order {
  using events = quipu::event_list<ordered>;
  std::string what;
  void apply(const ordered& event) { what = event.what; }
};

struct shelf {
  using events = quipu::event_list<ordered>;
  std::int64_t sold{};
  void apply(const ordered&) { ++sold; }
};
