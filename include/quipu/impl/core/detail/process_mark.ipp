// SPDX-License-Identifier: BSL-1.0
//
// process_mark.ipp: see core/detail/process_mark.hpp.
#pragma once

#include "../../../core/detail/process_mark.hpp"
#include "../../../core/error.hpp"

#include <atomic>
#include <cstdint>
#include <new>

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail {

QUIPU_DECL std::uint64_t process_mark::forks_so_far() {
  // No static object with a guard: a fork could leave that locked. Two threads may register two handlers; then each
  // fork counts twice, which does no harm.
  if (!is_counting_.load()) {
    if (::pthread_atfork(nullptr, nullptr, [] { ++fork_count_; }) != 0) throw std::bad_alloc{};
    is_counting_.store(true);
  }
  return fork_count_.load();
}

QUIPU_DECL void process_mark::throw_forked() {
  throw error{errc::locked, "this object belongs to the process that this one was forked from"};
}

}  // namespace quipu::detail
