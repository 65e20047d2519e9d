// SPDX-License-Identifier: BSL-1.0
//
// fence_gate.ipp: see journal/write/fence_gate.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/write/fence_gate.hpp"
#include "../../../journal/write/stop_request.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint64_t fence_gate::open(fence_policy others) noexcept {
  open_ = ++last_;
  others_ = others;
  holder_.set();
  return open_;
}

QUIPU_DECL void fence_gate::close() noexcept {
  open_ = 0;
  changed_.notify_all();
}

QUIPU_DECL void fence_gate::check_thread() const {
  if (is_open() && holder_.is_this_thread())
    throw error{errc::busy, "this thread has a visibility fence open: append through the fence, or end it first"};
}

QUIPU_DECL void fence_gate::wait_or_refuse(std::unique_lock<std::mutex>& lock, at_fence rule) {
  check_thread();
  if (others_ == fence_policy::refuse && rule == at_fence::obey)
    throw error{errc::busy, "a visibility fence is open: other writers are refused until it ends"};
  const waiter counted{waiting_};
  stop_request::wait_on(changed_, lock, stop_request::patience::none);
}

}  // namespace quipu::detail::inline QUIPU_MODE
