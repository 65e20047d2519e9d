// SPDX-License-Identifier: BSL-1.0
//
// host.cpp: a program with the compiled engine and a guest with a header-only one. The two must not disturb each other:
// each has a store of its own, neither opens the other's, and an error thrown by one is caught by the other.
#include <quipu.hpp>

#include "guest.hpp"
#include "use_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "this should hold: %s\n", what);
  ++failures;
}

void check_stores(const std::filesystem::path& folder) {
  {
    quipu::store own{quipu::config{.directory = folder / "host"}};
    modes_tests::guest guest{folder / "guest"};
    check(modes_tests::deposit(own, 300) == 300, "the host's store is empty at first");
    check(guest.deposit(80) == 80, "the guest's store is empty at first");
    check(modes_tests::deposit(own, 1) == 301, "the host's store has its own events");
    check(guest.deposit(1) == 81, "the guest's store has its own events");
    check(modes_tests::guest::finds_locked(folder / "host"), "the guest finds the host's directory locked");
    check(modes_tests::refusal(folder / "guest") == quipu::errc::locked, "the host finds the guest's directory locked");
  }
  modes_tests::guest guest{folder / "host"};
  check(guest.deposit(9) == 310, "the guest opens what the host wrote");
  quipu::store own{quipu::config{.directory = folder / "guest"}};
  check(modes_tests::deposit(own, 9) == 90, "the host opens what the guest wrote");
}

void check_errors() {
  bool caught = false;
  try {
    modes_tests::guest::fail(static_cast<int>(quipu::errc::conflict));
  } catch (const quipu::error& error) {
    caught = error.code() == quipu::errc::conflict && error.path() == "guest" && error.offset() == 7U;
  } catch (...) {
  }
  check(caught, "the host catches the guest's error as quipu::error");
  const auto throwing = [] { throw quipu::error{quipu::errc::busy, "thrown by the host"}; };
  check(modes_tests::guest::catch_error(throwing) == static_cast<int>(quipu::errc::busy),
        "the guest catches the host's error as quipu::error");
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "quipu_modes.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 2;
  try {
    check_stores(folder);
    check_errors();
  } catch (const std::exception& failure) {
    check(false, failure.what());
  }
  std::filesystem::remove_all(folder);
  return failures == 0 ? 0 : 1;
}
