// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};

// [gates]
struct teller {
  std::int64_t limit_cents{};
};

struct funds_gate {  // looks at the state
  static constexpr std::string_view name = "funds";
  std::optional<quipu::denial> operator()(const account& held,
                                          const withdrawn& wish) const {
    if (wish.cents <= held.cents) return std::nullopt;
    return quipu::denial{name, "insufficient funds"}.with_context(
        "missing", wish.cents - held.cents);
  }
};
struct limit_gate {  // looks at who asks
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& who,
                                          const withdrawn& wish) const {
    if (wish.cents <= who.limit_cents) return std::nullopt;
    return quipu::denial{name, "over the teller's limit"}.with_code("L1");
  }
};
constexpr quipu::pipeline policy{quipu::gate_set{funds_gate{}, limit_gate{}}};
// [/gates]

// [withdraw]
void withdraw(quipu::store& store, const teller& who, std::int64_t cents) {
  const auto now = store.project_with_version<account>("account:alice");
  auto verdict =
      policy.evaluate(std::tie(who, now.state), quipu::proposal{withdrawn{cents}});
  if (!verdict) {
    std::cout << cents << " denied by " << verdict.denied().str() << '\n';
    return;
  }
  // Only a permit can be committed, and only while the account is as the gates saw it.
  policy.commit(std::move(verdict).permit(), store, {"account:alice", "zurich"},
                {.expected = now.version()});
  std::cout << cents << " withdrawn\n";
}
// [/withdraw]

// [recorded]
void ask_on_record(quipu::store& store, const teller& who, std::int64_t cents) {
  const auto now = store.project<account>("account:alice").value();
  auto verdict = policy.evaluate(std::tie(who, now), quipu::proposal{withdrawn{cents}},
                                 store, {"account:alice", "zurich"});
  std::cout << (verdict ? "allowed" : "denied, and on record") << '\n';
}

void show_refusals(quipu::store& store) {
  for (const auto& event : store.by_kind(quipu::denied::kind)) {
    const auto refused = event.as<quipu::denied>();
    std::cout << event.entity() << ": " << *refused.proposed << " was refused by "
              << refused.why << '\n';
  }
}
// [/recorded]

int main() {
  auto store = quipu::in_memory_store();
  store.append({"account:alice", "zurich"}, deposited{500});
  withdraw(store, teller{200}, 120);
  withdraw(store, teller{200}, 300);
  withdraw(store, teller{900}, 400);
  std::cout << store.project<account>("account:alice").value().cents
            << " cents are left\n";
  ask_on_record(store, teller{200}, 300);
  show_refusals(store);
}
