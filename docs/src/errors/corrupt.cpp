// SPDX-License-Identifier: BSL-1.0
//
// Stored bytes that were changed.
#include <quipu.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  const quipu::config bank{.directory = "bank"};
  {
    quipu::store store{bank};
    store.append({"account:alice", "branch:zurich"}, deposited{500});
    store.append({"account:alice", "branch:zurich"}, deposited{20});
  }
  try {
    // [fails]
    std::fstream segment{"bank/00000000000000000000.segment",
                         std::ios::in | std::ios::out | std::ios::binary};
    segment.seekp(300);
    segment.put('!');
    segment.close();
    quipu::store store{bank};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
