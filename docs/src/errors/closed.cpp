// SPDX-License-Identifier: BSL-1.0
//
// A store that is used after it was closed.
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
    store.close();
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
