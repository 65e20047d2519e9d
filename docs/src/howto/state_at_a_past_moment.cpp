// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <atomic>
#include <cstdint>
#include <iostream>
#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

int main() {
  std::atomic<std::int64_t> now_us{0};
  quipu::config settings;
  settings.clock = [&now_us] { return now_us += 1'000'000; };  // a second an event
  auto store = quipu::in_memory_store(settings);

  store.append({"account:alice", "zurich"}, deposited{100});
  store.append({"account:bob", "zurich"}, deposited{900});
  const auto second = store.append({"account:alice", "zurich"}, deposited{50});
  store.append({"account:alice", "zurich"}, deposited{7});

  const auto show = [&store](std::string_view when, quipu::as_of moment) {
    const auto then = store.project<account>("account:alice", moment);
    std::cout << when << ": ";
    if (then)
      std::cout << then->cents << '\n';
    else
      std::cout << "no account\n";
  };
  // [ask]
  show("after her first event", quipu::as_of::entity_sequence(0));
  show("after event 2 of the store", quipu::as_of::sequence(second.sequence));
  show("at a time", quipu::as_of::time_us(store.get(second.id).timestamp_us()));
  const auto first_us = store.stream("account:alice").begin()->timestamp_us();
  show("a microsecond before her first event", quipu::as_of::time_us(first_us - 1));
  // [/ask]
  std::cout << "now: " << store.project<account>("account:alice").value().cents << '\n';

  // [all]
  // Of all entities together: the events up to that sequence.
  const auto total = store.project<account>(
      quipu::region::all().with_sequence_range(0, second.sequence));
  std::cout << "all accounts, after event 2: " << total.cents << '\n';
  // [/all]
}
