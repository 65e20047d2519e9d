// SPDX-License-Identifier: BSL-1.0
//
// Event sourcing in ten minutes: events, a state, another state later, a look at the past.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

// [events]
struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string what;
  std::int64_t cents{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};
struct cancelled {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::string reason;
};
// [/events]

// [state]
struct balance {
  using events = quipu::event_list<ordered, paid, cancelled>;
  std::int64_t due{};
  void apply(const ordered& event) { due += event.cents; }
  void apply(const paid& event) { due -= event.cents; }
  void apply(const cancelled&) { due = 0; }
};
// [/state]

// [later]
struct complaints {
  using events = quipu::event_list<cancelled>;
  std::uint64_t late{};
  void apply(const cancelled& event) { late += event.reason == "too late"; }
};
// [/later]

int main() {
  // [append]
  quipu::store store{quipu::config{.directory = "shop"}};
  store.append({"order:1001", "web"}, ordered{"12 candles", 2400});
  store.append({"order:1001", "web"}, paid{1000});
  store.append({"order:1002", "web"}, ordered{"a lamp", 9900});
  store.append({"order:1002", "web"}, cancelled{"too late"});
  // [/append]

  // [project]
  if (const auto order = store.project<balance>("order:1001"))
    std::cout << "order:1001 owes " << order->due << " cents\n";
  // [/project]

  // [past]
  if (const auto then = store.project<balance>("order:1002", quipu::as_of::sequence(2)))
    std::cout << "order:1002 owed " << then->due << " cents after event 2\n";
  // [/past]

  // [question]
  const auto answer = store.project<complaints>(quipu::region::entity_prefix("order:"));
  std::cout << answer.late << " order was too late\n";
  // [/question]
}
