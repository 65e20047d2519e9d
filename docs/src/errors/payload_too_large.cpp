// SPDX-License-Identifier: BSL-1.0
//
// An event over `config.payload_max_bytes`.
#include <quipu.hpp>

#include <iostream>
#include <string>

struct scanned {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::string page{};
};

int main() {
  try {
    // [fails]
    auto store = quipu::in_memory_store({.payload_max_bytes = 64 << 10});
    store.append({"form:12", "branch:zurich"}, scanned{std::string(100'000, 'x')});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
