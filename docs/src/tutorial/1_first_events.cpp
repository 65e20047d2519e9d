// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 1: a bank account that is kept as the list of what happened to it.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

// [events]
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
// [/events]

// [state]
struct account {
  using events = quipu::event_list<account_opened, deposited, withdrawn>;

  std::string owner{};
  std::int64_t cents{};

  void apply(const account_opened& event) { owner = event.owner; }
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};
// [/state]

// [balance]
struct balance {
  using events = quipu::event_list<deposited, withdrawn>;

  std::int64_t cents{};

  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

static_assert(quipu::fold<balance>(deposited{500}, withdrawn{120}).cents == 380);
// [/balance]

// [show]
void show_account(quipu::store& store, std::string_view entity) {
  const std::optional<account> found = store.project<account>(entity);
  if (found)
    std::cout << entity << ": " << found->owner << " has " << found->cents << " cents\n";
  else
    std::cout << entity << ": there is no such account\n";
}
// [/show]

// [statement]
void show_statement(quipu::store& store, std::string_view entity) {
  for (const quipu::event_view& event : store.stream(entity)) {
    std::cout << "  " << event.entity_sequence() << ": ";
    if (const std::optional<account_opened> opened = event.try_as<account_opened>())
      std::cout << "opened by " << opened->owner << '\n';
    if (const std::optional<deposited> in = event.try_as<deposited>())
      std::cout << "deposited " << in->cents << '\n';
    if (const std::optional<withdrawn> out = event.try_as<withdrawn>())
      std::cout << "withdrawn " << out->cents << '\n';
  }
}
// [/statement]

// [first_day]
void first_day() {
  quipu::store store{quipu::config{.directory = "bank"}};

  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  store.append(alice, account_opened{"Alice"});
  store.append({"account:bob", "branch:bern"}, account_opened{"Bob"});
  store.append(alice, deposited{500});
  const quipu::receipt receipt = store.append(alice, withdrawn{120});

  std::cout << "the withdrawal is event " << receipt.sequence << " of the bank and event "
            << receipt.entity_sequence << " of the account\n";
  show_account(store, "account:alice");
  show_account(store, "account:nobody");
}
// [/first_day]

// [second_day]
void second_day() {
  quipu::store store{quipu::config{.directory = "bank"}};

  store.append({"account:bob", "branch:bern"}, deposited{70});
  show_account(store, "account:alice");
  show_account(store, "account:bob");
  show_statement(store, "account:alice");
}
// [/second_day]

// [past]
void the_past() {
  quipu::store store{quipu::config{.directory = "bank"}};

  const auto before_the_withdrawal = quipu::as_of::entity_sequence(1);
  const std::optional<account> then =
      store.project<account>("account:alice", before_the_withdrawal);
  if (then)
    std::cout << "before the withdrawal, " << then->owner << " had " << then->cents << " cents\n";
}
// [/past]

// [main]
int main() {
  try {
    first_day();
    second_day();
    the_past();
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
// [/main]
