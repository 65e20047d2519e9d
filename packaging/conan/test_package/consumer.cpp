// SPDX-License-Identifier: BSL-1.0
//
// consumer.cpp: an event is appended, and a state folded from it.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

int main() {
  quipu::store store = quipu::in_memory_store();
  store.append({"account:alice", "branch:zurich"}, deposited{500});
  const auto alice = store.project<account>("account:alice");
  std::cout << (alice ? alice->cents : 0) << '\n';
  return alice && alice->cents == 500 ? 0 : 1;
}
