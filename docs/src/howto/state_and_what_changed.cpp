// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::string what{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::int64_t cents{};
};
struct order {
  using events = quipu::event_list<ordered, paid>;
  std::string what{};
  std::int64_t paid_cents{};
  void apply(const ordered& event) { what = event.what; }
  void apply(const paid& event) { paid_cents += event.cents; }
};

// [json]
/// A state as text, by its schema; for any type that can be encoded.
template <class State>
std::string text_of(const State& state) {
  return quipu::schema_to_json(quipu::schema_text<State>(), quipu::encode(state));
}
// [/json]

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate where{"order:1", "web"};
  store.append(where, ordered{"12 candles"});
  store.append(where, paid{1000});
  store.append(where, paid{1400});

  // [history]
  order state;
  for (const quipu::event_view& event : store.stream("order:1")) {
    const std::string before = text_of(state);
    event.visit(order::events{},
                [&state](const auto& happened) { state.apply(happened); });
    std::cout << "event " << event.entity_sequence() << ": " << before << " -> "
              << text_of(state) << '\n';
  }
  // [/history]

  // [watch]
  // From now on: the state after each change.
  auto changes = store.watch<order>("order:1");
  store.append(where, paid{600});
  if (const auto changed = changes.try_recv())
    std::cout << "now " << changed->paid_cents << '\n';
  // [/watch]
}
