// SPDX-License-Identifier: BSL-1.0
//
// 05_causal_graph: an order sets off a reservation, a payment and a parcel. Each event names the one that it is a
// reaction to, so that the whole conversation can be asked for from any of them, and drawn. What it prints is in
// 05_causal_graph.output; both drawings are of the same graph, for Mermaid and for Graphviz.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string what{};
};
struct reserved {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::uint32_t pieces{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(5, 3);
  std::int64_t cents{};
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(5, 4);
  std::string parcel{};
};

int main() {
  auto store = quipu::in_memory_store();
  const auto order = store.append({"order:1001", "shop"}, ordered{"12 candles"});
  const auto reservation = store.append_reaction({"shelf:candles", "warehouse"}, reserved{12}, order);
  const auto payment = store.append_reaction({"order:1001", "shop"}, paid{2400}, order);
  store.append({"order:1002", "shop"}, ordered{"a lamp"});  // another conversation
  const auto parcel = store.append_reaction({"parcel:77", "warehouse"}, shipped{"77"}, payment);

  const auto why = [&store](const quipu::receipt& of) {
    for (const auto& cause : store.causes(of.id))
      std::cout << "  because of " << cause.entity() << " #" << cause.entity_sequence() << '\n';
  };
  std::cout << "the parcel was sent\n";
  why(parcel);
  std::cout << "12 candles were reserved\n";
  why(reservation);
  std::cout << "the order led to " << store.effects(order.id).size() << " events itself, and its conversation has "
            << store.correlated(order.id).size() << "\n\n";

  // The graph of a conversation is the same from each of its events.
  const auto graph = store.causal_graph(parcel.id);
  std::cout << graph.mermaid() << '\n' << graph.dot();
  return graph.dot() == store.causal_graph(order.id).dot() ? 0 : 1;
}
