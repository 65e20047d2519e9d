// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct metered {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::int64_t watt_hours{};
};

std::uint64_t applied = 0;  // for this program only: how many events were folded

struct meter {
  using events = quipu::event_list<metered>;
  std::int64_t watt_hours{};
  void apply(const metered& event) {
    watt_hours += event.watt_hours;
    ++applied;
  }
};

void show(quipu::store& store) {
  applied = 0;
  const auto state = store.project<meter>("meter:1").value();
  std::cout << state.watt_hours << " Wh, " << applied << " events folded\n";
}

// [close_the_book]
struct year_closed {  // the last event of a year's stream
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
};
struct carried_over {  // the first of the next
  static constexpr auto kind = quipu::event_kind::custom(3, 3);
  std::int64_t watt_hours{};
};
struct meter_of_a_year {
  using events = quipu::event_list<carried_over, metered>;
  std::int64_t watt_hours{};
  void apply(const carried_over& event) { watt_hours = event.watt_hours; }
  void apply(const metered& event) { watt_hours += event.watt_hours; }
};
// [/close_the_book]

int main() {
  const quipu::config settings{.directory = "meters"};
  const quipu::coordinate where{"meter:1", "house"};
  {
    // [cache]
    quipu::store store{settings, quipu::file_cache{"meters-cache"}};
    for (int commit = 0; commit < 100; ++commit) {
      quipu::batch readings;
      for (int number = 0; number < 1000; ++number) readings.add(where, metered{1});
      store.append(readings);
    }
    show(store);  // folds all
    show(store);  // the state is in the cache
    store.append(where, metered{1});
    show(store);  // folds what is new
    // [/cache]
  }
  quipu::store store{settings, quipu::file_cache{"meters-cache"}};
  show(store);  // the cache outlives the program

  // [next_year]
  const auto old_year = store.project_with_version<meter>("meter:1");
  const quipu::coordinate new_year{"meter:1/2027", "house"};
  quipu::batch both;  // no reading gets in between
  both.add(where, year_closed{}, {.expected = old_year.version()});
  both.add(new_year, carried_over{old_year.state.watt_hours});
  store.append(both);

  store.append(new_year, metered{5});
  std::cout << store.project<meter_of_a_year>(new_year.entity()).value().watt_hours
            << " Wh of " << store.count(quipu::region::entity(new_year.entity()))
            << " events\n";
  // [/next_year]
}
