// SPDX-License-Identifier: BSL-1.0
//
// A cache that can't be used: a file is where its folder should be.
#include <quipu.hpp>

#include <fstream>
#include <iostream>

int main() {
  try {
    // [fails]
    std::ofstream{"cache"} << "not a folder";
    quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"cache"}};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
