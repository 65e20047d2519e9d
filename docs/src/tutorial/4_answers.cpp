// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 4: answers to the exercises.
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string owner{};
};

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::int64_t cents{};
};

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::coordinate bob{"account:bob", "branch:bern"};

// [poor]
struct balance {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};

void show_low_balances(quipu::store& store) {
  auto balances =
      store.read_model_by_entity<balance>("balances", quipu::region::entity_prefix("account:"));
  if (!balances.wait_caught_up_for(1min)) std::cout << "(not up to date yet) ";
  balances.for_each([](std::string_view entity, const balance& state) {
    if (state.cents < 100) std::cout << entity << " has only " << state.cents << " cents\n";
  });
}
// [/poor]

// [counted]
struct sizes {
  std::uint64_t small{};
  std::uint64_t large{};
};

/// Counts each deposit once, also where the program ends between two commits.
void count_deposits(quipu::store& store) {
  auto deposits = store.cursor_guaranteed("sizes", quipu::region::all().with_events<deposited>());
  sizes counted = deposits.state().empty() ? sizes{} : quipu::decode<sizes>(deposits.state());
  while (const std::optional<quipu::event_view> event = deposits.poll()) {
    if (event->as<deposited>().cents < 1000)
      ++counted.small;
    else
      ++counted.large;
  }
  deposits.commit(quipu::encode(counted));
  std::cout << counted.small << " small deposits, " << counted.large << " large ones\n";
}
// [/counted]

// [given_up]
void give_up(quipu::store& store) {
  const auto send_letter = [](const quipu::event_view& event) {
    throw std::runtime_error{"no address for " + std::string{event.entity()}};
  };
  {
    auto letters =
        store.cursor_worker("letters", quipu::region::all().with_events<account_opened>(),
                            send_letter, {.poison = quipu::poison_policy::park()});
    if (!letters.wait_caught_up_for(1min)) std::cout << "the letters take long\n";
  }
  // The worker has ended; what it parked is still there.
  for (const quipu::parked_event& parked : store.parked("letters")) {
    std::cout << "given up: " << parked.error << '\n';
    if (!store.give_up_parked("letters", parked.id)) std::cout << "it was not parked any more\n";
  }
  std::cout << store.parked("letters").size() << " parked\n";
}
// [/given_up]

int main() {
  try {
    quipu::store store{quipu::config{.directory = "bank"}};
    store.append(alice, account_opened{"Alice"});
    store.append(alice, deposited{5000});
    store.append(bob, account_opened{"Bob"});
    store.append(bob, deposited{70});

    show_low_balances(store);
    count_deposits(store);
    store.append(bob, deposited{30});
    count_deposits(store);
    give_up(store);
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
