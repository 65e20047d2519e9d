// SPDX-License-Identifier: BSL-1.0
//
// A store that is opened with a directory in the place of a configuration.
// expect: a_store_is_opened_with_a_config_write_store_config_directory
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/store.hpp>
#endif

int main() {
#ifdef ACCEPT
  quipu::store store{quipu::config{.directory = "bank"}};
#else
  quipu::store store{"bank"};
#endif
}
