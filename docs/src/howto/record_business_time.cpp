// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <map>

using std::chrono::year_month_day;
using namespace std::chrono_literals;

// [events]
// When it was written is the event's time. When it applies is a part of what happened.
struct price_set {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::int64_t cents{};
  year_month_day valid_from{};
};

struct price_list {
  using events = quipu::event_list<price_set>;
  std::map<year_month_day, std::int64_t> cents_from{};
  void apply(const price_set& event) { cents_from[event.valid_from] = event.cents; }

  [[nodiscard]] std::int64_t cents_on(year_month_day day) const {
    const auto next = cents_from.upper_bound(day);
    return next == cents_from.begin() ? 0 : std::prev(next)->second;
  }
};
// [/events]

struct counted {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  std::int64_t items{};
};

struct stock {
  using events = quipu::event_list<counted>;
  std::int64_t items{};
  void apply(const counted& event) { items += event.items; }
};

int main() {
  auto store = quipu::in_memory_store();
  // [given]
  const auto noon_us = [](year_month_day day) {
    const auto noon = std::chrono::sys_days{day} + 12h;
    return std::chrono::microseconds{noon.time_since_epoch()}.count();
  };
  store.append({"stock:lamp", "shop"}, counted{40},
               {.timestamp_us = noon_us(2019y / 3 / 1)});
  store.append({"stock:lamp", "shop"}, counted{2},
               {.timestamp_us = noon_us(2019y / 1 / 1)});  // entered late

  const auto items_on = [&](year_month_day day) {
    const auto then =
        store.project<stock>("stock:lamp", quipu::as_of::valid_time_us(noon_us(day)));
    return then ? then->items : 0;
  };
  std::cout << "on the last day of 2018: " << items_on(2018y / 12 / 31) << '\n';
  std::cout << "in February 2019: " << items_on(2019y / 2 / 1) << '\n';
  std::cout << "in April 2019: " << items_on(2019y / 4 / 1) << '\n';
  // [/given]

  // [append]
  const quipu::coordinate lamp{"price:lamp", "shop"};
  store.append(lamp, price_set{2000, 2026y / 1 / 1});
  const auto ahead = store.append(lamp, price_set{2500, 2026y / 7 / 1});
  store.append(lamp, price_set{1900, 2026y / 3 / 1});  // entered late
  // [/append]

  // [ask]
  const auto now = store.project<price_list>("price:lamp").value();
  std::cout << "what does it cost in April? " << now.cents_on(2026y / 4 / 10) << '\n';
  std::cout << "and in August? " << now.cents_on(2026y / 8 / 10) << '\n';

  // Both times at once: what did we believe about April, after the second event?
  const auto then =
      store.project<price_list>("price:lamp", quipu::as_of::sequence(ahead.sequence))
          .value();
  std::cout << "what did we say then about April? " << then.cents_on(2026y / 4 / 10)
            << '\n';
  // [/ask]
}
