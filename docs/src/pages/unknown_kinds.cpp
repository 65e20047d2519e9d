// SPDX-License-Identifier: BSL-1.0
//
// A consumer that stops at an event that a newer program wrote, and goes on in the newer program.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

using namespace std::chrono_literals;

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct refunded {  // the old program has never heard of it
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct bill {
  std::int64_t& total;
  void operator()(const ordered& event) const { total += event.cents; }
  void operator()(const refunded& event) const { total -= event.cents; }
};

void run_old_program(quipu::store& store, std::int64_t& total) {
  const auto region = quipu::region::scope("shop");
  // [strict]
  using handled = quipu::event_list<ordered>;
  auto billing = store.cursor_worker(
      "billing", region,
      [&](const quipu::event_view& event) { event.visit(handled{}, bill{total}); },
      {.unknown_kinds = quipu::unknown_kinds::stop_unless(handled{})});
  // [/strict]
  billing.join();  // it stops by itself
  std::cout << billing.failure() << '\n';
}

void run_new_program(quipu::store& store, std::int64_t& total) {
  const auto region = quipu::region::scope("shop");
  // [newer]
  using handled = quipu::event_list<ordered, refunded>;
  // [/newer]
  auto billing = store.cursor_worker(
      "billing", region,
      [&](const quipu::event_view& event) { event.visit(handled{}, bill{total}); },
      {.unknown_kinds = quipu::unknown_kinds::stop_unless(handled{})});
  static_cast<void>(billing.wait_caught_up_for(1min));
}

int main() {
  quipu::store store{quipu::config{.directory = "shop"}};
  store.append({"order:1", "shop"}, ordered{1200});
  store.append({"order:1", "shop"}, refunded{200});
  std::int64_t total = 0;
  run_old_program(store, total);
  std::cout << "billed by the old program: " << total << '\n';
  run_new_program(store, total);
  std::cout << "billed by both: " << total << '\n';
}
