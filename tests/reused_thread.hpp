// SPDX-License-Identifier: BSL-1.0
//
// reused_thread.hpp: a new thread that has the id of one that has ended, as the system gives them.
#pragma once

#include <thread>

namespace test_settings {

/// Calls `act` in a new thread with this id, and waits for its end; false if none of a thousand gets the id.
template <class Act>
bool in_thread_with_id(std::thread::id wanted, Act act) {
  bool found = false;
  for (int tries = 0; tries < 1000 && !found; ++tries)
    std::thread{[&] {
      if (std::this_thread::get_id() != wanted) return;
      found = true;
      act();
    }}.join();
  return found;
}

}  // namespace test_settings
