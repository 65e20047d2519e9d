// SPDX-License-Identifier: BSL-1.0
//
// A position of a shared log that is not there any more.
#include <quipu.hpp>
#include <quipu/replication/memory_shared_log.hpp>

#include <chrono>
#include <iostream>

int main() {
  quipu::memory_shared_log log;
  for (int count = 0; count < 5; ++count) log.append({}, quipu::event_id::generate()).value();
  try {
    // [fails]
    log.trim(4).value();
    log.read(1, 100, std::chrono::milliseconds{0}).value();
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
