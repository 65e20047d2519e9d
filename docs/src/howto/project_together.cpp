// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

struct sold {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string article{};
  std::int64_t cents{};
};
struct returned {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string article{};
  std::int64_t cents{};
};

// [states]
struct takings {
  using events = quipu::event_list<sold, returned>;
  std::int64_t cents{};
  void apply(const sold& event) { cents += event.cents; }
  void apply(const returned& event) { cents -= event.cents; }
};
struct returns_by_article {
  using events = quipu::event_list<returned>;
  std::map<std::string, std::uint32_t> counts{};
  void apply(const returned& event) { ++counts[event.article]; }
};
// [/states]

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate till{"till:1", "shop:zurich"};
  store.append(till, sold{"lamp", 900});
  store.append(till, sold{"candle", 100});
  store.append(till, returned{"lamp", 900});
  // [together]
  const auto [total, returns] =
      store.project_together<takings, returns_by_article>(quipu::region::scope("shop:zurich"));
  std::cout << total.cents << " cents, " << returns.counts.at("lamp") << " lamp returned\n";
  // [/together]
  // [range]
  const auto sales = store.query(quipu::region::all().with_events<sold>());
  for (auto each = sales.begin(); each != sales.end(); ++each)
    std::cout << each->sequence() << ": " << each->as<sold>().article << '\n';
  // [/range]
}
