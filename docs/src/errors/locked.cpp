// SPDX-License-Identifier: BSL-1.0
//
// A second store that wants to write to one directory.
#include <quipu.hpp>

#include <iostream>

int main() {
  const quipu::config bank{.directory = "bank"};
  try {
    // [fails]
    quipu::store first{bank};
    quipu::store second{bank};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
