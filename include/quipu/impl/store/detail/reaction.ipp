// SPDX-License-Identifier: BSL-1.0
//
// reaction.ipp: see store/detail/reaction.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../delivery/detail/worker_body.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../store/detail/reaction.hpp"
#include "../../../store/detail/reaction_key.hpp"
#include "../../../store/detail/writer_core.hpp"
#include "../../../store/emitter.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL reaction::reaction(std::shared_ptr<writer_core> core, std::string_view name, reactor call,
                              std::size_t own_limit)
    : core_{std::move(core)},
      name_{name},
      mark_{reactor_mark::of(name)},
      emit_{mark_},
      call_{std::move(call)},
      own_limit_{own_limit} {}

QUIPU_DECL void reaction::react(const event_view& cause) {
  const auto seen = core_->log.snapshot();
  // What an event made the reactor emit is one commit: where the first is there, all are, and nothing is done twice.
  if (seen.find_key(mark_.key(cause.id(), 0))) {
    is_unsynced_ = true;  // it may have been emitted just before an attempt failed
    return;
  }
  check_chain(seen, cause);
  emit_.begin(cause.id());
  call_(cause, emit_);
  if (emit_.size() == 0) return;
  const auto entries = emit_.emitted().entries();
  std::vector<receipt> receipts(entries.size());
  try {
    core_->usable_log().append(entries, receipts, at_fence::wait);
  } catch (const error& problem) {
    if (is_of_the_log(problem.code()) || stop_request::ended_a_wait())
      throw worker_failure{problem, problem.code() == errc::writer_failed};
    throw;
  }
  is_unsynced_ = true;
}

QUIPU_DECL void reaction::sync() {
  if (!is_unsynced_) return;
  core_->usable_log().sync();
  is_unsynced_ = false;
}

QUIPU_DECL bool reaction::is_of_the_log(errc code) noexcept {
  return code == errc::closed || code == errc::writer_failed || code == errc::io_failed || code == errc::storage_full ||
         code == errc::locked || code == errc::busy;
}

QUIPU_DECL void reaction::check_chain(const log_snapshot& seen, const event_view& begin) const {
  std::size_t own = mark_.is_of(begin.idempotency_key()) ? 1 : 0;
  std::optional<event_id> next = begin.header().causation_id;
  for (std::size_t link = 0; next && link < chain_limit; ++link) {
    const auto found = seen.find_id(*next);
    if (!found) break;
    const event_view event = found.view();
    if (mark_.is_of(event.idempotency_key())) ++own;
    next = event.header().causation_id;
  }
  if (own <= own_limit_) return;
  throw worker_failure{error{errc::conflict,
                             "the reactor \"" + name_ + "\" reacts to itself: event " +
                                 std::to_string(begin.sequence()) + " comes of " + std::to_string(own) +
                                 " reactions of its own; let its region leave out what it emits, or raise "
                                 "worker_policy.own_reactions_limit",
                             {.expected = own_limit_, .actual = own}},
                       true};
}

}  // namespace quipu::detail::inline QUIPU_MODE
