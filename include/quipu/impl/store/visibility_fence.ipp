// SPDX-License-Identifier: BSL-1.0
//
// visibility_fence.ipp: see store/visibility_fence.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/process_mark.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/config.hpp"
#include "../../journal/reports.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../journal/write/staged_commit.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"
#include "../../store/batch.hpp"
#include "../../store/detail/encoded_event.hpp"
#include "../../store/detail/write_through.hpp"
#include "../../store/detail/writer_core.hpp"
#include "../../store/visibility_fence.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL visibility_fence::visibility_fence(std::shared_ptr<detail::writer_core> core, fence_policy others)
    : core_{std::move(core)}, staged_{std::make_unique<detail::staged_commit>()} {
  *staged_ = core_->usable_log().open_fence(others);  // last: if anything failed afterwards, nobody would end the fence
}

QUIPU_DECL visibility_fence::visibility_fence(visibility_fence&&) noexcept = default;

QUIPU_DECL visibility_fence& visibility_fence::operator=(visibility_fence&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  core_ = std::move(other.core_);
  staged_ = std::move(other.staged_);
  opened_by_ = other.opened_by_;
  return *this;
}

QUIPU_DECL visibility_fence::~visibility_fence() { cancel(); }

QUIPU_DECL receipt visibility_fence::append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                                const append_options& options) {
  detail::check_kind(kind);
  return stage_one(detail::entry_of(where, detail::raw_event(kind), payload, options));
}

QUIPU_DECL std::vector<receipt> visibility_fence::append(const batch& events) {
  std::vector<receipt> receipts(events.size());
  const auto entries = events.entries();
  auto& log = open_log();
  detail::with_conflicts(log, [&] { log.stage(*staged_, entries, receipts); });
  return receipts;
}

QUIPU_DECL std::vector<receipt> visibility_fence::commit() {
  auto& log = open_log();
  std::vector<receipt> receipts = staged_->answers();
  detail::with_conflicts(log, [&] { log.commit(*staged_, receipts); });
  core_.reset();
  return receipts;
}

QUIPU_DECL void visibility_fence::cancel() noexcept {
  if (core_ && opened_by_.has_this_process_id()) core_->log.cancel(*staged_);
  core_.reset();
}

QUIPU_DECL std::size_t visibility_fence::size() const noexcept { return staged_ ? staged_->answers().size() : 0; }

QUIPU_DECL outcome<std::vector<receipt>> visibility_fence::try_append(const batch& events) {
  return detail::attempt([&] { return append(events); });
}

QUIPU_DECL outcome<std::vector<receipt>> visibility_fence::try_commit() {
  return detail::attempt([&] { return commit(); });
}

QUIPU_DECL detail::journal& visibility_fence::open_log() {
  if (!core_) throw error{errc::cancelled, "the visibility fence was committed, cancelled or moved away"};
  return core_->usable_log();
}

QUIPU_DECL receipt visibility_fence::stage_event(const coordinate& where, detail::event_to_append event,
                                                 const append_options& options) {
  return detail::with_entry(where, event, options,
                            [this](const detail::append_entry& entry) { return stage_one(entry); });
}

QUIPU_DECL receipt visibility_fence::stage_one(const detail::append_entry& entry) {
  receipt given;
  auto& log = open_log();
  detail::with_conflicts(log, [&] { log.stage(*staged_, {&entry, 1}, {&given, 1}); });
  return given;
}

}  // namespace quipu::inline QUIPU_MODE
