// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::int64_t cents{};
};
struct teller {
  std::string branch{};
};
struct hours_gate {
  static constexpr std::string_view name = "hours";
  std::optional<quipu::denial> operator()(const teller& who, const withdrawn&) const {
    if (who.branch != "closed") return std::nullopt;
    return quipu::denial{name, "the branch is closed"};
  }
};

// [rules]
struct rule {  // as a file or a table has it
  std::string name{};
  std::int64_t most_cents{};
};

quipu::dynamic_gate_set<teller, withdrawn> gates_of(const std::vector<rule>& rules) {
  quipu::dynamic_gate_set<teller, withdrawn> gates;
  gates.add(hours_gate{});  // a gate as in a gate_set
  for (const rule& each : rules)
    gates.add(each.name, [each](const teller&, const withdrawn& wish) {
      std::optional<quipu::denial> found;
      if (wish.cents > each.most_cents)
        found =
            quipu::denial{each.name, "too much"}.with_context("most", each.most_cents);
      return found;
    });
  return gates;
}
// [/rules]

int main() {
  auto store = quipu::in_memory_store();
  // [use]
  const quipu::pipeline policy{gates_of({{"daily", 100}, {"monthly", 1000}})};
  for (const std::int64_t cents : {50, 500}) {
    auto verdict = policy.evaluate(teller{"zurich"}, quipu::proposal{withdrawn{cents}});
    if (verdict)
      policy.commit(std::move(verdict).permit(), store, {"account:alice", "zurich"});
    else
      std::cout << cents << ": " << verdict.denied() << '\n';
  }
  for (const auto& each :
       policy.evaluate_all(teller{"closed"}, quipu::proposal{withdrawn{5000}}))
    std::cout << each << '\n';
  // [/use]
  std::cout << store.stats().events << " event\n";
}
