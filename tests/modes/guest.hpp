// SPDX-License-Identifier: BSL-1.0
//
// guest.hpp: a component with a header-only engine of its own. Its functions have no type of the engine in their
// signatures, so that a program with the compiled engine can call them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#define MODES_TESTS_EXPORT __attribute__((visibility("default")))

namespace modes_tests {

class MODES_TESTS_EXPORT guest {
 public:
  explicit guest(const std::filesystem::path& directory);
  ~guest();
  guest(const guest&) = delete;
  guest& operator=(const guest&) = delete;

  // Appends a deposit and returns the account's total.
  std::int64_t deposit(std::int64_t cents);

  // Is a store in this directory refused with errc::locked?
  static bool finds_locked(const std::filesystem::path& directory);

  // Throws quipu::error with this number as its code.
  [[noreturn]] static void fail(int code);

  // Calls a function that throws quipu::error, and returns its code.
  static int catch_error(void (*throwing)());

 private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace modes_tests
