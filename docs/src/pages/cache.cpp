// SPDX-License-Identifier: BSL-1.0
//
// A projection with a name of its own, and its state in a cache.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};
// [name]
struct balance {
  static constexpr std::string_view name = "balance";
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};
// [/name]

int main() {
  quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
  for (int i = 0; i < 100; ++i) store.append({"account:alice", "zurich"}, deposited{5});
  if (const auto alice = store.project<balance>("account:alice"))
    std::cout << "alice has " << alice->cents << " cents\n";
}
