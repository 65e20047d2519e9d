// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <vector>

using namespace std::chrono_literals;

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct audited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
using number = quipu::outcome<std::int64_t>;

int main() {
  auto store = quipu::in_memory_store();
  for (const char* entity : {"alice", "alice:savings", "alice2"})
    store.append({entity, "zurich"}, deposited{1});

  // [regions]
  using quipu::region;
  std::cout << store.count(region::entity("alice")) << ' '           // that name alone
            << store.count(region::entity_prefix("alice:")) << ' '   // alice:savings
            << store.count(region::entity_prefix("alice")) << '\n';  // alice2, too
  // [/regions]

  // [reactors]
  auto auditor = store.react("auditor", region::all().with_events<deposited>(),
                             [](const quipu::event_view& event, quipu::emitter& emit) {
                               emit({"audit", "zurich"}, audited{event.as<deposited>().cents});
                             });
  if (!auditor.wait_caught_up_for(1min)) std::cout << "that takes long\n";
  std::cout << store.count(region::entity("audit")) << " of 3 events were there before\n";
  // [/reactors]

  // [joins]
  const auto first = number::error(quipu::error_kind::conflict, "first");
  const auto last = number::error(quipu::error_kind::conflict, "last");
  const auto again = number::retry(5, 1, 3, "busy");
  std::cout << quipu::join_any(std::vector{again, number{1}}) << '\n'
            << quipu::join_any(std::vector{first, last}) << '\n'
            << name_of(quipu::join_all(std::vector{again, last}).state()) << '\n';
  const auto pairs = quipu::zip(number::batch({1, 2}), number::batch({3, 4, 5}));
  std::cout << pairs.batch().size() << " batches of " << pairs.batch()[0].batch().size() << '\n';
  // [/joins]
}
