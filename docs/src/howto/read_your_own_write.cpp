// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>

using namespace std::chrono_literals;

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
  const quipu::config settings{.directory = "bank"};
  quipu::store store{settings};
  auto totals = store.read_model<account>("totals", quipu::region::all());
  quipu::read_only_store elsewhere{settings};  // in this process or another

  // [same]
  const quipu::receipt receipt =
      store.append({"account:alice", "zurich"}, deposited{100});

  // The store that wrote, and any thread that uses it: nothing to do.
  std::cout << "the store: " << store.project<account>("account:alice").value().cents
            << '\n';
  // [/same]

  // [model]
  // A read model follows in its own thread: wait until it has the event.
  if (totals.wait_visible_for(receipt, 10s))
    std::cout << "the read model: " << totals.state().cents << '\n';
  // [/model]

  // [reader]
  // A reader elsewhere, to which the receipt was sent:
  if (elsewhere.wait_visible_for(receipt, 10s))
    std::cout << "another process: "
              << elsewhere.project<account>("account:alice").value().cents << '\n';

  // or by the number alone, where a stale state would do otherwise:
  const auto fresh = elsewhere
                         .project<account>("account:alice",
                                           quipu::freshness::at_least(receipt.sequence))
                         .value();
  std::cout << "at least event " << receipt.sequence << ": " << fresh.cents << '\n';
  // [/reader]

  // [too_early]
  try {
    static_cast<void>(elsewhere.project<account>(
        "account:alice", quipu::freshness::at_least(receipt.sequence + 1)));
  } catch (const quipu::error& early) {
    std::cout << "the next event: " << quipu::name_of(early.code()) << '\n';
  }
  // [/too_early]
}
