// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <vector>

// [event]
struct transfer_refused {
  static constexpr auto kind = quipu::event_kind::custom(0x5, 7);
  quipu::coordinate to{};
  std::vector<quipu::denial> why{};
  quipu::outcome<std::int64_t> fee{};
};
// [/event]

int main() {
  auto store = quipu::in_memory_store();
  // [use]
  const transfer_refused refused{.to = {"account:bob", "zurich"},
                                 .why = {quipu::denial{"limit", "over it"}.with_code("L1")},
                                 .fee = quipu::outcome<std::int64_t>::cancelled("refused")};
  const auto given = store.append({"account:alice", "zurich"}, refused);
  const auto event = store.get(given.id);
  for (const quipu::denial& each : event.as<transfer_refused>().why) std::cout << each << '\n';
  std::cout << event.as<transfer_refused>().fee << '\n'
            << quipu::schema_to_json(quipu::schema_text<transfer_refused>(), event.payload())
            << '\n';
  // [/use]
}
