// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <iostream>

int main() {
  // [named]
  quipu::config settings{
      .directory = "bank",
      .segment_max_bytes = 64 << 20,
      .sync = {.mode = quipu::sync_mode::buffered, .interval_ms = 200},
  };
  quipu::store store{settings, quipu::memory_cache{16 << 20}};
  // [/named]
  std::cout << store.settings().sync.interval_ms << '\n';

  // [refused]
  settings.batch.max_size = 0;
  try {
    settings.validate();
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
  // [/refused]
}
