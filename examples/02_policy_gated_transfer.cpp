// SPDX-License-Identifier: BSL-1.0
//
// 02_policy_gated_transfer: a transfer happens only past its gates, both halves of it or none, and whoever goes round
// them says why, in the log. What it prints is in 02_policy_gated_transfer.output.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

struct transferred_in {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::string from{};
  std::int64_t cents{};
};
struct transferred_out {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::string to{};
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<transferred_in, transferred_out>;
  std::int64_t cents{};
  void apply(const transferred_in& event) { cents += event.cents; }
  void apply(const transferred_out& event) { cents -= event.cents; }
};

// What the gates look at: who asks, and what the account holds.
struct teller {
  std::int64_t limit_cents{};
};

struct funds_gate {
  static constexpr std::string_view name = "funds";
  std::optional<quipu::denial> operator()(const account& held, const transferred_out& wish) const {
    if (wish.cents <= held.cents) return std::nullopt;
    return quipu::denial{name, "insufficient funds"}.with_context("missing", wish.cents - held.cents);
  }
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& who, const transferred_out& wish) const {
    if (wish.cents <= who.limit_cents) return std::nullopt;
    return quipu::denial{name, "over the teller's limit"}.with_code("L1");
  }
};

struct opening_balance {
  static constexpr std::string_view name = "migration";
  static constexpr std::string_view justification = "balances from the old ledger";
};

constexpr quipu::pipeline policy{quipu::gate_set{funds_gate{}, limit_gate{}}};

/// Both halves in one commit: every reader sees both or neither.
void transfer(quipu::store& store, const teller& who, const std::string& from, const std::string& to,
              std::int64_t cents) {
  std::cout << from << " to " << to << ", " << cents << " cents: ";
  const auto now = store.project_with_version<account>(from);
  // The gates get the parts of the context that they look at.
  auto verdict = policy.evaluate(std::tie(who, now.state), quipu::proposal{transferred_out{to, cents}});
  if (!verdict.allowed()) {
    std::cout << "denied by " << verdict.denied().str() << '\n';
    return;
  }
  quipu::batch halves;
  // What was checked must still be so when it is written: nothing else may have happened to the account.
  const auto out = policy.commit(std::move(verdict).permit(), halves, {from, "zurich"}, {.expected = now.version()});
  halves.add_reaction({to, "zurich"}, transferred_in{from, cents}, out.item);
  store.append(halves);
  std::cout << "done\n";
}

void show_balance(quipu::store& store, std::string_view who) {
  const std::optional<account> held = store.project<account>(who);
  std::cout << who << " has " << (held ? held->cents : 0) << '\n';
}

int main() {
  auto store = quipu::in_memory_store();
  policy.commit(quipu::bypass(quipu::proposal{transferred_in{"old ledger", 50'000}}, opening_balance{}), store,
                {"alice", "zurich"});

  transfer(store, teller{20'000}, "alice", "bob", 15'000);
  transfer(store, teller{20'000}, "alice", "bob", 30'000);
  transfer(store, teller{90'000}, "alice", "bob", 60'000);
  transfer(store, teller{90'000}, "bob", "alice", 5'000);

  show_balance(store, "alice");
  show_balance(store, "bob");
  for (const quipu::event_view& event : store.query(quipu::region::all()))
    if (const auto reason = event.bypass_reason(); !reason.empty())
      std::cout << "event " << event.sequence() << " went round the gates: " << reason << '\n';
}
