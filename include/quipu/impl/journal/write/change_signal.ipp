// SPDX-License-Identifier: BSL-1.0
//
// change_signal.ipp: see journal/write/change_signal.hpp.
#pragma once

#include "../../../core/detail/steady_time.hpp"
#include "../../../journal/write/change_signal.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void change_signal::wake() noexcept {
  if (!made_by_.is_this_process()) return;
  const std::lock_guard lock{mutex_};
  ++rung_;
  rings_.notify_all();
}

QUIPU_DECL std::uint64_t change_signal::rung() noexcept {
  const std::lock_guard lock{mutex_};
  return rung_;
}

}  // namespace quipu::detail::inline QUIPU_MODE
