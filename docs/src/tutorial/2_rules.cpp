// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 2: rules. What may happen to an account, who may let it happen, and what happens
// when two people act at once.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

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

// [commands]
struct open_account {
  std::string owner{};
};

struct withdraw {
  std::int64_t cents{};
};
// [/commands]

// [decider]
struct account {
  using events = quipu::event_list<account_opened, deposited, withdrawn>;

  bool is_open{};
  std::int64_t cents{};

  constexpr void apply(const account_opened&) { is_open = true; }
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }

  static quipu::outcome<account_opened> decide(const account& now, const open_account& command) {
    if (now.is_open)
      return quipu::outcome_error{quipu::error_kind::conflict, "the account is open already"};
    return account_opened{command.owner};
  }

  static constexpr quipu::outcome<withdrawn> decide(const account& now, const withdraw& command) {
    if (command.cents <= 0)
      return quipu::outcome_error{quipu::error_kind::validation, "nothing to withdraw"};
    if (command.cents > now.cents)
      return quipu::outcome_error{quipu::error_kind::validation, "not enough money"};
    return withdrawn{command.cents};
  }
};
// [/decider]

// [specification]
static_assert(quipu::given<account>(deposited{500}).when(withdraw{120}).then(withdrawn{120}));
static_assert(quipu::given<account>(deposited{500}, withdrawn{400})
                  .when(withdraw{101})
                  .then_error(quipu::error_kind::validation));
static_assert(quipu::given<account>().when(withdraw{1}).then_error(quipu::error_kind::validation));
// [/specification]

// [two_tellers]
void two_tellers(quipu::store& store) {
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  store.append(alice, account_opened{"Alice"});
  const quipu::receipt last_seen = store.append(alice, deposited{500});

  // Both tellers have seen the deposit, and nothing after it.
  const auto as_seen = quipu::expected_version::exactly(last_seen.entity_sequence);
  store.append(alice, withdrawn{400}, {.expected = as_seen});
  try {
    store.append(alice, withdrawn{300}, {.expected = as_seen});
  } catch (const quipu::conflict_error& conflict) {
    std::cout << "the second teller was too late; since then:\n";
    for (const quipu::event_view& event : conflict.between()) {
      if (const std::optional<withdrawn> out = event.try_as<withdrawn>())
        std::cout << "  withdrawn " << out->cents << '\n';
    }
  }
}
// [/two_tellers]

// [execute]
void show(std::string_view what, const quipu::outcome<std::vector<quipu::receipt>>& done) {
  std::cout << what << ": ";
  if (done.is_ok())
    std::cout << "done, " << done.value().size() << " event\n";
  else if (done.is_error())
    std::cout << "refused, " << done.error().message << " (" << done.error().kind.str() << ")\n";
  else
    std::cout << quipu::name_of(done.state()) << '\n';
}

void commands(quipu::store& store) {
  const quipu::coordinate bob{"account:bob", "branch:bern"};
  show("open", store.execute<account>(bob, open_account{"Bob"}));
  show("open again", store.execute<account>(bob, open_account{"Bob"}));
  store.append(bob, deposited{70}, {.expected = quipu::expected_version::stream_exists()});
  show("withdraw 71", store.execute<account>(bob, withdraw{71}));
  show("withdraw 20", store.execute<account>(bob, withdraw{20}));
}
// [/execute]

// [gates]
struct teller {
  std::string_view name{};
  std::int64_t limit_cents{};
};

struct funds_gate {
  static constexpr std::string_view name = "funds";
  std::optional<quipu::denial> operator()(const account& held, const withdrawn& wanted) const {
    const std::int64_t missing = wanted.cents - held.cents;
    if (missing <= 0) return std::nullopt;
    return quipu::denial{name, "not enough money"}.with_context("missing", missing);
  }
};

struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& who, const withdrawn& wanted) const {
    if (wanted.cents <= who.limit_cents) return std::nullopt;
    return quipu::denial{name, "over the teller's limit"}.with_context("limit", who.limit_cents);
  }
};

constexpr quipu::pipeline cash_desk{quipu::gate_set{funds_gate{}, limit_gate{}}};
// [/gates]

// [pay_out]
void pay_out(quipu::store& store, const teller& who, const quipu::coordinate& where,
             std::int64_t cents) {
  std::cout << who.name << " pays out " << cents << ": ";
  // The state, and the number of events that it was folded from.
  const auto now = store.project_if_changed<account>(where.entity(), 0);
  if (!now) {
    std::cout << "there is no such account\n";
    return;
  }
  auto verdict = cash_desk.evaluate(std::tie(now->state, who), quipu::proposal{withdrawn{cents}});
  if (!verdict.allowed()) {
    std::cout << "denied by " << verdict.denied().str() << '\n';
    return;
  }
  // What the gates have seen must still be so.
  const auto unchanged = now->version();
  cash_desk.commit(std::move(verdict).permit(), store, where, {.expected = unchanged});
  std::cout << "done\n";
}
// [/pay_out]

// [card]
struct is_ordered {};
struct is_active {};
struct is_blocked {};

struct card_activated {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
struct card_blocked {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
};
struct card_unblocked {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
};

using card = quipu::state_machine<quipu::transition<is_ordered, card_activated, is_active>,
                                  quipu::transition<is_active, card_blocked, is_blocked>,
                                  quipu::transition<is_blocked, card_unblocked, is_active>>;
using card_state = quipu::machine_projection<card>;

static_assert(quipu::can_fire<card, is_active, card_blocked>);
static_assert(!quipu::can_fire<card, is_ordered, card_blocked>);
// [/card]

// [fire]
void new_card(quipu::store& store) {
  const quipu::coordinate where{"card:4711", "branch:zurich"};
  const auto ordered = quipu::typestate<card, is_ordered>{};
  const auto active = ordered.fire(store, where, card_activated{});
  const auto blocked = active.fire(store, where, card_blocked{});
  std::cout << "the card is now: " << blocked.name() << '\n';
  // ordered.fire(store, where, card_blocked{});
  //   error: ... this_event_is_illegal_in_this_state<is_ordered, card_blocked,
  //   legal_events_are<card_activated>>
}
// [/fire]

// [visit]
void unblock(quipu::store& store, const quipu::coordinate& where) {
  const auto now = store.project_if_changed<card_state>(where.entity(), 0);
  if (!now) {
    std::cout << "there is no such card\n";
    return;
  }
  const auto unchanged = now->version();
  now->state.visit([&](auto state) {
    if constexpr (state.template can_fire<card_unblocked>()) {
      const auto unblocked = state.fire(store, where, card_unblocked{}, {.expected = unchanged});
      std::cout << "the card is now: " << unblocked.name() << '\n';
    } else {
      std::cout << "can't be unblocked, the card is: " << state.name() << '\n';
    }
  });
}
// [/visit]

int main() {
  try {
    quipu::store store{quipu::config{.directory = "bank"}};
    two_tellers(store);
    commands(store);

    const quipu::coordinate alice{"account:alice", "branch:zurich"};
    pay_out(store, teller{"the trainee", 50}, alice, 80);
    pay_out(store, teller{"the manager", 100'000}, alice, 180);
    pay_out(store, teller{"the manager", 100'000}, alice, 80);

    new_card(store);
    unblock(store, {"card:4711", "branch:zurich"});
    unblock(store, {"card:4711", "branch:zurich"});
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
