// SPDX-License-Identifier: BSL-1.0
//
// Bytes that aren't an encoding of the type.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  try {
    // [fails]
    const auto receipt =
        store.append_raw({"account:alice", "branch:zurich"}, deposited::kind, "500");
    std::cout << store.get(receipt.id).as<deposited>().cents << '\n';
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
