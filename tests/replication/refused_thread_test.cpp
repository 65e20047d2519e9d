// SPDX-License-Identifier: BSL-1.0
//
// refused_thread_test.cpp: a system that gives a replica none of its threads, or one and not the other.
#include "replica_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <system_error>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace replication_tests;
using quipu::errc;

namespace {

constexpr int opened = 0;
constexpr int refused = 1;
constexpr int failed = 2;
constexpr int not_limited = 77;

int open_with_limit(::rlim_t threads) {
  const auto user = static_cast<uid_t>(1'000'000'000 + ::getpid());  // whose only process this is; root has no limit
  if (::geteuid() != 0 || ::setresuid(user, user, user) != 0) return not_limited;
  const ::rlimit limit{threads, threads};
  if (::setrlimit(RLIMIT_NPROC, &limit) != 0) return not_limited;
  try {
    const machine here;
    quipu::replicated_store store{here.settings(), cluster{}.connect(), patient()};
    store.append(alice, deposited{1});
    return store.project<account>("account:alice")->cents == 1 ? opened : failed;
  } catch (const quipu::error& failure) {
    return failure.code() == errc::io_failed ? refused : failed;
  } catch (...) {
    return failed;
  }
}

/// The exit code of a child that opens a replica, or the negative number of the signal that ended it.
int child_with_limit(::rlim_t threads) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(open_with_limit(threads));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("a replica without its threads is a typed error", "[replication][threads]") {
  int refusals = 0;
  for (::rlim_t threads = 0; threads < 8; ++threads) {
    const int result = child_with_limit(threads);
    if (result == not_limited) {
      WARN("the system gives threads without a limit");
      return;
    }
    INFO("with a limit of " << threads);
    CHECK((result == opened || result == refused));
    if (result == opened) break;
    ++refusals;
  }
  CHECK(refusals >= 2);  // the first thread, and the second
}
