// SPDX-License-Identifier: BSL-1.0
//
// keyed_hash.ipp: see core/detail/keyed_hash.hpp.
#pragma once

#include "../../../core/detail/keyed_hash.hpp"
#include "../../../macros.hpp"

#include <atomic>
#include <cstdint>
#include <ctime>

#include <unistd.h>

namespace quipu::detail {

QUIPU_DECL std::uint64_t table_secret::draw(std::atomic<std::uint64_t>& word) noexcept {
  std::uint64_t made = 0;
  if (::getentropy(&made, sizeof made) != 0) {
    // Weaker, and better than nothing: where the system put the program, and when.
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    made = reinterpret_cast<std::uintptr_t>(&now) ^ static_cast<std::uint64_t>(now.tv_nsec) << 32 ^
           static_cast<std::uint64_t>(::getpid()) << 16;
  }
  made |= 1;  // 0 is: not drawn yet
  std::uint64_t known = 0;
  return word.compare_exchange_strong(known, made) ? made : known;
}

}  // namespace quipu::detail
