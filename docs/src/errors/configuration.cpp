// SPDX-License-Identifier: BSL-1.0
//
// A `config` value out of range.
#include <quipu.hpp>

#include <iostream>

int main() {
  try {
    // [fails]
    quipu::store store{quipu::config{.directory = "bank", .segment_max_bytes = 100}};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
