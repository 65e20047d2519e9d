// SPDX-License-Identifier: BSL-1.0
//
// An event read as a type of another kind.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  try {
    // [fails]
    const auto receipt = store.append({"account:alice", "branch:zurich"}, deposited{500});
    std::cout << store.get(receipt.id).as<withdrawn>().cents << '\n';
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
