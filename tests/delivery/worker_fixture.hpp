// SPDX-License-Identifier: BSL-1.0
//
// worker_fixture.hpp: what the tests of workers, reactors and read models share.
#pragma once

#include "../store/store_fixture.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace worker_tests {

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::errc;
using quipu::event_view;
using quipu::poison_policy;
using quipu::region;
using quipu::restart_policy;
using quipu::worker_policy;
using quipu::worker_state;

/// Waits until something is so; false where it isn't in time.
template <class Condition>
bool comes_true(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

template <class Store>
void append_numbers(Store& store, std::int64_t first, std::int64_t last, const char* entity = "a") {
  for (std::int64_t number = first; number <= last; ++number)
    store.append({entity, "s"}, deposited{number}, {.durability = durability::buffered});
}

}  // namespace worker_tests
