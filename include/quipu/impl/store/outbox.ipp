// SPDX-License-Identifier: BSL-1.0
//
// outbox.ipp: see store/outbox.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/bytes.hpp"
#include "../../core/event_kind.hpp"
#include "../../journal/append_options.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"
#include "../../store/batch.hpp"
#include "../../store/detail/write_through.hpp"
#include "../../store/detail/writer_core.hpp"
#include "../../store/outbox.hpp"
#include "../../store/ticket.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL batch_item outbox::stage_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                        const append_options& options) {
  return staged_.add_raw(where, kind, payload, options);
}

QUIPU_DECL std::vector<receipt> outbox::flush() {
  std::vector<receipt> receipts(staged_.size());
  const auto entries = staged_.entries();
  auto& log = core_->usable_log();
  detail::with_conflicts(log, [&] { log.append(entries, receipts); });
  staged_.clear();
  return receipts;
}

QUIPU_DECL batch_ticket outbox::submit_flush() {
  std::vector<receipt> receipts(staged_.size());
  const auto entries = staged_.entries();
  auto& log = core_->usable_log();
  const auto made = detail::with_conflicts(log, [&] { return log.submit(entries, receipts); });
  staged_.clear();
  return {detail::claim{core_, made}, std::move(receipts)};
}

QUIPU_DECL outcome<std::vector<receipt>> outbox::try_flush() {
  return detail::attempt([&] { return flush(); });
}

}  // namespace quipu::inline QUIPU_MODE
