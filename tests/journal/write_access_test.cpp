// SPDX-License-Identifier: BSL-1.0
//
// write_access_test.cpp: who may write a log, and why not.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/write_access.hpp>
#endif

#include <catch2/catch.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

using quipu::errc;
using quipu::detail::write_access;

namespace {

/// A lock whose being held the test decides.
struct pretended_lock final : quipu::environment_lock {
  explicit pretended_lock(const bool& says) : is_held{says} {}
  [[nodiscard]] bool held() const noexcept override { return is_held; }
  const bool& is_held;
};

template <class Action>
errc code_of(Action&& action) {
  try {
    action();
  } catch (const quipu::error& problem) {
    CHECK(problem.what() != std::string{});
    return problem.code();
  }
  return errc{};
}

errc of_open(const write_access& access) {
  return code_of([&] { access.check_open(); });
}
errc of_writable(const write_access& access) {
  return code_of([&] { access.check_writable(); });
}

}  // namespace

TEST_CASE("a log is writable until closing has begun, and what was placed until it is closed", "[journal][access]") {
  const bool is_held = true;
  write_access access{std::make_unique<pretended_lock>(is_held), "somewhere"};
  CHECK(access.is_owner());
  CHECK(of_open(access) == errc{});
  access.begin_closing();
  CHECK(of_open(access) == errc::closed);
  CHECK(of_writable(access) == errc{});
  CHECK_FALSE(access.was_closed());
  access.record_closed();
  CHECK(of_writable(access) == errc::closed);
  CHECK(access.was_closed());
  CHECK(code_of([&] { access.check_usable(); }) == errc::closed);
  access.release();
  CHECK_FALSE(access.is_owner());
}

TEST_CASE("a failed write is final and says what it was", "[journal][access]") {
  const bool is_held = true;
  write_access access{std::make_unique<pretended_lock>(is_held), "somewhere"};
  CHECK(access.failure() == "");
  access.record_failure(std::make_exception_ptr(std::runtime_error{"the disk is gone"}));
  CHECK(access.has_failed());
  CHECK(access.failure() == "the disk is gone");
  CHECK(of_open(access) == errc::writer_failed);
  CHECK(of_writable(access) == errc::writer_failed);
  try {
    access.check_sound();
    FAIL("it threw nothing");
  } catch (const quipu::error& problem) {
    CHECK(std::string{problem.what()}.find("the disk is gone") != std::string::npos);
    CHECK(problem.path() == "somewhere");
  }
  access.begin_closing();
  access.record_closed();
  CHECK(of_open(access) == errc::closed);
  CHECK(of_writable(access) == errc::writer_failed);
}

TEST_CASE("a log whose lock isn't held any more is another process's", "[journal][access]") {
  bool is_held = true;
  const write_access access{std::make_unique<pretended_lock>(is_held), "somewhere"};
  is_held = false;
  CHECK_FALSE(access.is_owner());
  CHECK(of_open(access) == errc::locked);
}

TEST_CASE("a forked child is refused before it takes a lock", "[journal][access]") {
  const bool is_held = true;
  const write_access access{std::make_unique<pretended_lock>(is_held), "somewhere"};
  CHECK_FALSE(access.is_foreign());
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      access.check_usable();
    } catch (const quipu::error& problem) {
      ::_exit(access.is_foreign() && problem.code() == errc::locked ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  access.check_usable();
}
