// SPDX-License-Identifier: BSL-1.0
//
// thread_mark_test.cpp: a mark is of one thread, and of no later one with the same id.
#include "../reused_thread.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/thread_mark.hpp>
#endif

#include <catch2/catch.hpp>

#include <thread>

TEST_CASE("a mark is of one thread, and of no later one with the same id", "[core][threads]") {
  quipu::detail::thread_mark mark;
  CHECK_FALSE(mark.is_this_thread());
  std::thread::id first;
  bool was_own = false;
  std::thread{[&] {
    first = std::this_thread::get_id();
    mark.set();
    was_own = mark.is_this_thread();
  }}.join();
  CHECK(was_own);
  CHECK_FALSE(mark.is_this_thread());
  bool is_own = true;
  REQUIRE(test_settings::in_thread_with_id(first, [&] { is_own = mark.is_this_thread(); }));
  CHECK_FALSE(is_own);
  mark.set();
  CHECK(mark.is_this_thread());
}
