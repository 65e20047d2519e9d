// SPDX-License-Identifier: BSL-1.0
//
// A store that is read, opened with a path in the place of a configuration, and a cache.
// expect: a_store_is_opened_with_a_config_write_store_config_directory
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/memory_cache.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

int main() {
#ifdef ACCEPT
  quipu::read_only_store store{quipu::config{.directory = "bank"}, quipu::memory_cache{1 << 20}};
#else
  quipu::read_only_store store{std::filesystem::path{"bank"}, quipu::memory_cache{1 << 20}};
#endif
}
