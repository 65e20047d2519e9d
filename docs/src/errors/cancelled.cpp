// SPDX-License-Identifier: BSL-1.0
//
// Work that was told to stop.
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
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    store.verify([](const quipu::progress&) { return false; });
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
