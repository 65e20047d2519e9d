// SPDX-License-Identifier: BSL-1.0
//
// process_mark.ipp: see core/detail/process_mark.hpp.
#pragma once

#include "../../../core/detail/process_mark.hpp"

#include <atomic>
#include <cstdint>
#include <new>

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail {

QUIPU_DECL std::uint64_t process_mark::forks_so_far() {
  static const bool counting = ::pthread_atfork(nullptr, nullptr, [] { ++fork_count_; }) == 0;
  if (!counting) throw std::bad_alloc{};
  return fork_count_.load();
}

}  // namespace quipu::detail
