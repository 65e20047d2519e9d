// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string what{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::int64_t cents{};
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(5, 3);
};

int main() {
  auto store = quipu::in_memory_store();
  // [record]
  const auto order = store.append({"order:1", "web"}, ordered{"12 candles"});
  const auto payment = store.append_reaction({"order:1", "web"}, paid{2400}, order);
  const auto parcel = store.append_reaction({"parcel:77", "depot"}, shipped{}, payment);
  store.append({"order:2", "web"}, ordered{"a lamp"});  // another conversation
  // [/record]

  // [why]
  // Why was the parcel sent? Each event has one cause or none.
  auto causes = store.causes(parcel.id);
  while (!causes.empty()) {
    const quipu::event_view& cause = causes.front();
    std::cout << "because of event " << cause.sequence() << " of " << cause.entity()
              << '\n';
    causes = store.causes(cause.id());
  }
  // [/why]

  // [effects]
  std::cout << "direct effects of the order: " << store.effects(order.id).size() << '\n'
            << "events of its conversation: " << store.correlated(order.id).size()
            << '\n';
  // [/effects]

  // [graph]
  std::cout << store.causal_graph(payment.id).mermaid();  // or .dot() for Graphviz
  // [/graph]
}
