// SPDX-License-Identifier: BSL-1.0
//
// One idempotency key for two different things.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  try {
    // [fails]
    const auto key = quipu::event_id::from_name(std::string_view{"transfer 17"});
    store.append(alice, deposited{500}, {.idempotency_key = key});
    store.append(alice, deposited{600}, {.idempotency_key = key});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
