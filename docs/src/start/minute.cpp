// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

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
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

static_assert(quipu::fold<account>(deposited{500}, withdrawn{120}).cents == 380);

int main() {
  quipu::file_cache cache{"bank-cache"};
  quipu::store store{quipu::config{.directory = "bank"}, cache};
  store.append({"account:alice", "branch:zurich"}, deposited{500});
  if (const auto alice = store.project<account>("account:alice"))
    std::cout << "alice has " << alice->cents << " cents\n";
}
