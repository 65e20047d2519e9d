// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 2: answers to the exercises.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

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

// [close]
struct account_closed {
  static constexpr auto kind = quipu::event_kind::custom(1, 5);
};

struct close_account {};

struct account {
  using events = quipu::event_list<account_opened, deposited, withdrawn, account_closed>;

  bool is_closed{};
  std::int64_t cents{};

  constexpr void apply(const account_opened&) { is_closed = false; }
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
  constexpr void apply(const account_closed&) { is_closed = true; }

  static constexpr quipu::outcome<account_closed> decide(const account& now, const close_account&) {
    if (now.is_closed)
      return quipu::outcome_error{quipu::error_kind::conflict, "the account is closed already"};
    if (now.cents != 0)
      return quipu::outcome_error{quipu::error_kind::validation, "there is money left"};
    return account_closed{};
  }
};

static_assert(quipu::given<account>().when(close_account{}).then(account_closed{}));
static_assert(quipu::given<account>(account_closed{})
                  .when(close_account{})
                  .then_error(quipu::error_kind::conflict));
static_assert(quipu::given<account>(deposited{5})
                  .when(close_account{})
                  .then_error(quipu::error_kind::validation));
// [/close]

// [again]
/// Returns whether the money was paid out. Looks at the account again where somebody else was
/// faster.
bool withdraw_by_hand(quipu::store& store, const quipu::coordinate& where, std::int64_t cents) {
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const auto now = store.project_if_changed<account>(where.entity(), 0);
    if (!now || now->state.is_closed || now->state.cents < cents) return false;
    try {
      store.append(where, withdrawn{cents}, {.expected = now->version()});
      return true;
    } catch (const quipu::conflict_error&) {
      std::cout << "somebody was faster, attempt " << attempt << '\n';
    }
  }
  return false;
}
// [/again]

// [hours]
struct clock_on_the_wall {
  int hour{};
};

struct hours_gate {
  static constexpr std::string_view name = "hours";
  std::optional<quipu::denial> operator()(const clock_on_the_wall& now, const withdrawn&) const {
    if (now.hour >= 9 && now.hour < 17) return std::nullopt;
    return quipu::denial{name, "the cash desk is closed"}.with_context("hour", now.hour);
  }
};

struct funds_gate {
  static constexpr std::string_view name = "funds";
  std::optional<quipu::denial> operator()(const account& held, const withdrawn& wanted) const {
    const std::int64_t missing = wanted.cents - held.cents;
    if (missing <= 0) return std::nullopt;
    return quipu::denial{name, "not enough money"}.with_context("missing", missing);
  }
};

constexpr quipu::gate_set cash_desk{hours_gate{}, funds_gate{}};

void show_all_denials(const account& held, const clock_on_the_wall& now, std::int64_t cents) {
  for (const quipu::denial& denied :
       cash_desk.evaluate_all(std::tie(held, now), quipu::proposal{withdrawn{cents}}))
    std::cout << "denied by " << denied.str() << '\n';
}
// [/hours]

int main() {
  try {
    auto store = quipu::in_memory_store();
    const quipu::coordinate alice{"account:alice", "branch:zurich"};
    store.append(alice, account_opened{"Alice"});
    store.append(alice, deposited{500});

    std::cout << "400: " << (withdraw_by_hand(store, alice, 400) ? "paid out\n" : "refused\n");
    std::cout << "400: " << (withdraw_by_hand(store, alice, 400) ? "paid out\n" : "refused\n");

    const auto refused = store.execute<account>(alice, close_account{});
    if (refused.is_error()) std::cout << "close: refused, " << refused.error().message << '\n';
    std::cout << "100: " << (withdraw_by_hand(store, alice, 100) ? "paid out\n" : "refused\n");
    const auto closed = store.execute<account>(alice, close_account{});
    if (closed.is_ok()) std::cout << "close: done\n";

    show_all_denials(account{.is_closed = false, .cents = 30}, clock_on_the_wall{20}, 100);
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
