// SPDX-License-Identifier: BSL-1.0
//
// A shared log that cannot be reached.
#include <quipu.hpp>
#include <quipu/replication/memory_shared_log.hpp>

#include <iostream>

int main() {
  quipu::memory_shared_log log;
  try {
    // [fails]
    log.cut();
    log.append({}, quipu::event_id::generate()).value();
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
