// SPDX-License-Identifier: BSL-1.0
//
// An event that the store doesn't have.
#include <quipu.hpp>

#include <iostream>
#include <string_view>

int main() {
  auto store = quipu::in_memory_store();
  try {
    // [fails]
    const auto id = quipu::event_id::from_name(std::string_view{"an order that was never placed"});
    const quipu::event_view event = store.get(id);
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
