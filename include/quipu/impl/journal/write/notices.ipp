// SPDX-License-Identifier: BSL-1.0
//
// notices.ipp: see journal/write/notices.hpp.
#pragma once

#include "../../../journal/observer.hpp"
#include "../../../journal/write/notices.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void notices::tell(std::unique_lock<std::mutex>& lock) noexcept {
  const std::vector<notice> taken = std::exchange(kept_, {});
  lock.unlock();
  for (const notice& each : taken) {
    if (const auto* flush = std::get_if<observer::flushed>(&each)) to_->on_flush(*flush);
    if (const auto* rotation = std::get_if<observer::rotated>(&each)) to_->on_rotation(*rotation);
    if (const auto* reason = std::get_if<std::string>(&each)) to_->on_write_failure(*reason);
  }
}

QUIPU_DECL void journal_lock::tell() noexcept {
  if (!lock_.owns_lock()) lock_.lock();
  kept_.tell(lock_);
}

}  // namespace quipu::detail::inline QUIPU_MODE
