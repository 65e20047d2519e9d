// SPDX-License-Identifier: BSL-1.0
//
// flush_turn.ipp: see journal/write/flush_turn.hpp.
#pragma once

#include "../../../journal/write/flush_turn.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::size_t flush_turn::take() noexcept {
  taken_ = true;
  return std::exchange(waiting_, std::size_t{0});
}

QUIPU_DECL void flush_turn::wait_until_free(std::unique_lock<std::mutex>& lock) {
  while (taken_) changed_.wait(lock);
}

QUIPU_DECL void flush_turn::join() noexcept {
  if (++waiting_ >= company_) gathered_.notify_one();
}

QUIPU_DECL void flush_turn::gather(std::unique_lock<std::mutex>& lock, std::int64_t flush_time_us) {
  if (waiting_ >= company_) return;
  taken_ = true;
  const std::chrono::microseconds patience{std::min<std::int64_t>(flush_time_us / 4, 200)};
  gathered_.wait_for(lock, patience, [this] { return waiting_ >= company_; });
  taken_ = false;
}

QUIPU_DECL void flush_turn::record_company(std::size_t served) noexcept {
  company_ = std::max(served + waiting_, company_ == 0 ? 0 : company_ - 1);
}

}  // namespace quipu::detail::inline QUIPU_MODE
