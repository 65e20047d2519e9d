// SPDX-License-Identifier: BSL-1.0
//
// A whole store, in memory: append, read, project, and the past. Nothing else is needed; on disk it is the same code
// with `quipu::store store{quipu::config{.directory = "bank"}};`.
#include <cstdint>
#include <iostream>
#include <quipu.hpp>

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
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  const auto first = store.append(alice, deposited{500});
  store.append(alice, withdrawn{120});

  for (const quipu::event_view& event : store.stream("account:alice"))
    event.visit(account::events{}, [&](const auto& happened) {
      std::cout << event.sequence() << ' ' << event.kind() << ' ' << happened.cents << '\n';
    });
  if (const auto now = store.project<account>("account:alice")) std::cout << "now " << now->cents << '\n';
  const auto then = store.project<account>("account:alice", quipu::as_of::sequence(first.sequence));
  if (then) std::cout << "after the first event " << then->cents << '\n';
}
