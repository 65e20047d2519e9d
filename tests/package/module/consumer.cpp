// SPDX-License-Identifier: BSL-1.0
//
// consumer.cpp: a program that imports quipu, and includes none of its headers.
#include <cstdint>
#include <iostream>
#include <string>

import quipu;

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
};

static_assert(quipu::fold<account>(deposited{300}, deposited{80}).cents == 380);

int main() {
  auto store = quipu::in_memory_store();
  store.append({"account:alice", "branch:zurich"}, deposited{300});
  const quipu::receipt last = store.append({"account:alice", "branch:zurich"}, deposited{80});
  for (const quipu::event_view& event : store.stream("account:alice")) std::cout << event.as<deposited>().cents << '\n';
  const auto refused = store.try_append({"account:alice", "branch:zurich"}, deposited{1},
                                        {.expected = quipu::expected_version::no_stream()});
  const auto alice = store.project<account>("account:alice");
  std::cout << last.sequence << ' ' << (alice ? alice->cents : 0) << ' ' << refused.is_error() << '\n';
}
