// SPDX-License-Identifier: BSL-1.0
//
// A wait of the program's own that ended. The library's waits return nothing instead.
#include <quipu.hpp>

#include <iostream>
#include <string_view>

// What a program may write around a service that it asks.
quipu::outcome<int> ask_the_exchange() {
  return quipu::outcome<int>::error(quipu::error_kind::timeout,
                                    std::string_view{"no rate within 200 ms"});
}

int main() {
  try {
    // [fails]
    const int rate = ask_the_exchange().value();
    std::cout << rate << '\n';
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
