// SPDX-License-Identifier: BSL-1.0
//
// A file that says it was written by a newer version of the format.
#include <quipu.hpp>

#include <fstream>
#include <iostream>

int main() {
  const quipu::config bank{.directory = "bank"};
  quipu::store{bank}.close();
  try {
    // [fails]
    std::fstream head{"bank/quipu.store", std::ios::in | std::ios::out | std::ios::binary};
    head.seekp(8);  // the format version
    head.put(2);
    head.close();
    quipu::store store{bank};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
