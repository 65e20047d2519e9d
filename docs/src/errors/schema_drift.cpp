// SPDX-License-Identifier: BSL-1.0
//
// A type that was changed without a new version. The two namespaces are two builds of the program.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

namespace yesterday {
struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
}  // namespace yesterday

namespace today {
struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
  std::int64_t fee{};
};
}  // namespace today

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  try {
    // [fails]
    store.append(alice, yesterday::deposited{500});
    store.append(alice, today::deposited{500, 2});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
