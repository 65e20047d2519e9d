// SPDX-License-Identifier: BSL-1.0
//
// A state lists its events and has one `apply` for each. Delete the marked line: the error names the state and the
// event whose `apply` is missing.
#include <cstdint>
#include <quipu_model.hpp>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }  // <- delete this line
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
