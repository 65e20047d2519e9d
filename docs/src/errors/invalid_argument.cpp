// SPDX-License-Identifier: BSL-1.0
//
// An argument outside its documented range: a cursor's name is 1 to 80 bytes long.
#include <quipu.hpp>

#include <iostream>

int main() {
  auto store = quipu::in_memory_store();
  try {
    // [fails]
    auto cursor = store.cursor_guaranteed("", quipu::region::all());
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
