// SPDX-License-Identifier: BSL-1.0
//
// A shared log that has lost what it acknowledged.
#include <quipu.hpp>
#include <quipu/replication/memory_shared_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include <cstdint>
#include <iostream>
#include <memory>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  const quipu::config settings{.directory = "bank"};
  const auto log = std::make_shared<quipu::memory_shared_log>();
  {
    quipu::replicated_store store{settings, log};
    store.append({"account:alice", "branch:zurich"}, deposited{500});
  }
  try {
    // [fails]
    log->roll_back(2);  // as an engine that restarts from a disk that was not flushed
    quipu::replicated_store store{settings, log};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
