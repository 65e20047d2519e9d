// SPDX-License-Identifier: BSL-1.0
//
// A value that has no encoding: a time that is later than the format can say.
#include <quipu.hpp>

#include <chrono>
#include <iostream>

struct opened {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
  std::chrono::sys_days valid_until{};
};

int main() {
  auto store = quipu::in_memory_store();
  try {
    // [fails]
    const std::chrono::sys_days forever{std::chrono::year{9999} / 12 / 31};
    store.append({"account:alice", "branch:zurich"}, opened{forever});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
