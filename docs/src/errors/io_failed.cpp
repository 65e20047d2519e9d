// SPDX-License-Identifier: BSL-1.0
//
// A system call that failed: a file is where the directory should be.
#include <quipu.hpp>

#include <fstream>
#include <iostream>

int main() {
  try {
    // [fails]
    std::ofstream{"bank"} << "not a directory";
    quipu::store store{quipu::config{.directory = "bank"}};
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
