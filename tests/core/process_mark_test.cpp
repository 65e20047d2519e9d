// SPDX-License-Identifier: BSL-1.0
//
// process_mark_test.cpp: a forked child tells its parent's marks from its own; and so does its child.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/process_mark.hpp>
#endif

#include <catch2/catch.hpp>

#include <csignal>

#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

using quipu::detail::process_mark;

namespace {

int end_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a mark is of one process and no child of it", "[core][fork]") {
  const process_mark own;
  CHECK(own.is_this_process());
  CHECK(own.has_this_process_id());
  CHECK(own.process_id() == ::getpid());
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const process_mark of_child;
    if (own.is_this_process() || own.has_this_process_id() || !of_child.is_this_process()) ::_exit(1);
    const pid_t grandchild = ::fork();
    if (grandchild == 0) ::_exit(own.is_this_process() || of_child.is_this_process() ? 2 : 0);
    ::_exit(end_of(grandchild));
  }
  CHECK(end_of(child) == 0);
  CHECK(own.is_this_process());  // the child's fork is nothing to the parent
  CHECK(process_mark{}.is_this_process());
}

#ifdef __linux__
TEST_CASE("a child that was made behind the C library's back is told by its number", "[core][fork]") {
  const process_mark own;
  const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) ::_exit(own.has_this_process_id() ? 1 : 0);
  REQUIRE(child > 0);
  CHECK(end_of(static_cast<pid_t>(child)) == 0);
}
#endif
