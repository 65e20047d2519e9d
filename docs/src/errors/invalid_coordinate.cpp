// SPDX-License-Identifier: BSL-1.0
//
// An entity that is empty, as where an id was never filled in.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  const std::string customer;
  try {
    // [fails]
    store.append({customer, "branch:zurich"}, deposited{500});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
