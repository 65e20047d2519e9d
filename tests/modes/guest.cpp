// SPDX-License-Identifier: BSL-1.0
//
// guest.cpp: always built in header-only mode and with -fvisibility=hidden.
#include <quipu.hpp>

#include "guest.hpp"
#include "use_store.hpp"

#include <optional>

namespace modes_tests {

struct guest::engine {
  quipu::store store;
};

guest::guest(const std::filesystem::path& directory)
    : engine_{new engine{quipu::store{quipu::config{.directory = directory}}}} {}

guest::~guest() = default;

std::int64_t guest::deposit(std::int64_t cents) { return modes_tests::deposit(engine_->store, cents); }

bool guest::finds_locked(const std::filesystem::path& directory) { return refusal(directory) == quipu::errc::locked; }

void guest::fail(int code) {
  throw quipu::error{static_cast<quipu::errc>(code), "thrown by the guest", {.path = "guest", .offset = 7}};
}

int guest::catch_error(void (*throwing)()) {
  try {
    throwing();
  } catch (const quipu::error& error) {
    return static_cast<int>(error.code());
  } catch (...) {
  }
  return -1;
}

}  // namespace modes_tests
