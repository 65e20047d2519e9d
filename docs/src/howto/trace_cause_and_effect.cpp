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
  store.append({"order:2", "web"}, ordered{"a lamp"});  // begins a conversation of its own
  // [/record]

  // [why]
  // Why was the parcel sent? Each event has one cause or none.
  for (auto cause = store.causes(parcel.id); !cause.empty(); cause = store.causes(cause.front().id()))
    std::cout << "because of event " << cause.front().sequence() << " of " << cause.front().entity() << '\n';
  // [/why]

  // [effects]
  std::cout << "the order led to " << store.effects(order.id).size() << " event directly, its conversation has "
            << store.correlated(order.id).size() << '\n';
  // [/effects]

  // [graph]
  std::cout << store.causal_graph(payment.id).mermaid();  // or .dot() for Graphviz
  // [/graph]
}
