// SPDX-License-Identifier: BSL-1.0
//
// A thread that has a visibility fence open, and writes past it.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  try {
    // [fails]
    auto fence = store.begin_visibility_fence();
    fence.append(alice, deposited{500});
    store.append(alice, deposited{20});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
