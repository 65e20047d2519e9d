// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <set>
#include <string>

// [program]
struct order_placed {
  static constexpr auto kind = quipu::event_kind::custom(7, 1);
  std::uint32_t number{};
};
struct order_billed {
  static constexpr auto kind = quipu::event_kind::custom(7, 2);
  std::uint32_t number{};
};

quipu::store open_shop(std::shared_ptr<quipu::environment> disk) {
  quipu::config settings{.directory = "shop"};
  settings.environment = std::move(disk);  // empty, as in production: the real disk
  settings.sync.interval_ms = 0;           // no timer: the same changes in each run
  return quipu::store{settings};
}

void take_order(quipu::store& shop, std::uint32_t number, quipu::durability how) {
  shop.append({"order:" + std::to_string(number), "web"}, order_placed{number},
              {.durability = how});
}

void bill_orders(quipu::store& shop) {
  auto orders = shop.cursor_guaranteed(
      "billing", quipu::region::all().with_events<order_placed>());
  while (const auto event = orders.poll()) {
    const auto number = event->as<order_placed>().number;
    const auto name = "bill " + std::to_string(number);
    shop.append({std::string{event->entity()}, "web"}, order_billed{number},
                {.idempotency_key = quipu::event_id::from_name(name)});
    orders.commit();
  }
}
// [/program]

// [work]
using numbers = std::multiset<std::uint32_t>;

// What is run and stopped. Adds an order to `confirmed` when the customer may be told.
void work(std::shared_ptr<quipu::environment> disk, quipu::durability how,
          numbers& confirmed) {
  auto shop = open_shop(std::move(disk));
  for (std::uint32_t number = 1; number <= 3; ++number) {
    take_order(shop, number, how);
    confirmed.insert(number);
    if (number != 1) bill_orders(shop);
  }
}
// [/work]

// [check]
// What must hold at the next start, whatever happened: empty, or what is wrong.
std::string problem_of(std::shared_ptr<quipu::environment> disk,
                       const numbers& confirmed) {
  auto shop = open_shop(std::move(disk));
  bill_orders(shop);
  numbers placed;
  numbers billed;
  for (const auto& event : shop.query(quipu::region::all())) {
    if (event.is<order_placed>()) placed.insert(event.as<order_placed>().number);
    if (event.is<order_billed>()) billed.insert(event.as<order_billed>().number);
  }
  if (!std::ranges::includes(placed, confirmed)) return "a confirmed order is lost";
  if (billed != placed) return "an order isn't billed once";
  return {};
}
// [/check]

// [loop]
// Stops the program at each change that it makes to files. Returns the first problem.
std::string first_problem(quipu::durability how, int& cases) {
  for (std::uint64_t point = 0;; ++point) {
    const auto disk = std::make_shared<quipu::simulated_environment>(1);
    disk->plan({.at = point, .effect = quipu::simulated_effect::stop});
    numbers confirmed;
    try {
      work(disk, how, confirmed);
    } catch (const std::exception&) {  // simulated_stop, or what became of it
      if (!disk->is_stopped()) throw;
    }
    const auto check = [&](std::shared_ptr<quipu::simulated_environment> found) {
      ++cases;
      const auto history = found->history();
      const auto problem = problem_of(found, confirmed);
      return problem.empty() ? problem : problem + "; replay: " + history;
    };
    std::string problem = check(disk->after_kill());
    const auto states = std::min<std::uint64_t>(disk->power_cut_states(), 64);
    for (std::uint64_t state = 0; state < states && problem.empty(); ++state)
      problem = check(disk->after_power_cut(state));
    for (std::uint64_t seed = 1; seed <= 8 && problem.empty(); ++seed)
      problem = check(disk->after_power_cut_by_seed(seed));
    if (!problem.empty() || !disk->is_stopped()) return problem;
  }
}
// [/loop]

// [main]
int main() {
  int cases = 0;
  const auto sound = first_problem(quipu::durability::durable, cases);
  std::cout << "durable: " << (sound.empty() ? "nothing is lost" : sound) << '\n'
            << (cases > 500 ? "more than 500 cases\n" : "too few cases\n");

  // A program that confirms an order before it is on stable storage.
  const auto problem = first_problem(quipu::durability::buffered, cases);
  std::cout << "buffered: " << problem.substr(0, problem.find(';')) << '\n';
}
// [/main]
