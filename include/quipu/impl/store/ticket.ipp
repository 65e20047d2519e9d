// SPDX-License-Identifier: BSL-1.0
//
// ticket.ipp: see store/ticket.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../delivery/detail/wait_time.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/config.hpp"
#include "../../journal/reports.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"
#include "../../projection/detail/milliseconds.hpp"
#include "../../store/detail/writer_core.hpp"
#include "../../store/ticket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void claim::wait(std::span<receipt> receipts) { log().wait(made_, receipts); }

QUIPU_DECL bool claim::wait_for(std::span<receipt> receipts, std::int64_t microseconds) {
  return log().wait_for(made_, receipts, microseconds);
}

QUIPU_DECL bool claim::ready() const { return log().ready(made_); }

QUIPU_DECL journal& claim::log() const {
  if (!core_) throw error{errc::invalid_argument, "the ticket was moved away"};
  return core_->log;
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL receipt ticket::wait() {
  claim_.wait({&given_, 1});
  return given_;
}

QUIPU_DECL outcome<receipt> ticket::try_wait() {
  return detail::attempt([&] { return wait(); });
}

QUIPU_DECL std::vector<receipt> batch_ticket::wait() {
  claim_.wait(given_);
  return given_;
}

QUIPU_DECL outcome<std::vector<receipt>> batch_ticket::try_wait() {
  return detail::attempt([&] { return wait(); });
}

}  // namespace quipu::inline QUIPU_MODE
