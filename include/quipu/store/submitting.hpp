// SPDX-License-Identifier: BSL-1.0
//
// submitting.hpp: the ways to write to a store that don't wait at once, or wait together: tickets, outboxes, fences. docs/writing.md says which to take.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../core/event_kind.hpp"
#include "../journal/append_options.hpp"
#include "../journal/journal_options.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "detail/encoded_event.hpp"
#include "detail/write_through.hpp"
#include "outbox.hpp"
#include "ticket.hpp"
#include "visibility_fence.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace quipu {

/// The submitting half of a store. `Self` derives from it, and gives `log()` or `errc::closed`, `shared_core()`, and `settings()`. What is given out
/// keeps the core and may outlive the store.
template <class Self, projection_cache Cache>
class submitting {

 public:
  /// Gives an event its place in the log and returns; the ticket waits for the rest. The event isn't durable before `ticket.wait()` has returned, and, where it is to
  /// be durable, not visible either. Where more than `config.writer.buffer_bytes` wait to be written, this writes them, or waits while another thread does: so memory
  /// is bounded. Throws what `append` throws before an event has its place. A cause must be visible: wait for its ticket first.
  template <class Event>
  ticket submit(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return detail::with_entry(where, event, options, [this](const detail::append_entry& entry) { return submit_one(entry); });
    }
  }
  ticket submit_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    detail::check_kind(kind);
    return submit_one(detail::entry_of(where, detail::raw_event(kind, payload), payload, options));
  }
  /// As `submit`, for a batch: one commit, all or nothing.
  batch_ticket submit_batch(const batch& events) {
    std::vector<receipt> receipts(events.size());
    const auto entries = events.entries();
    auto& log = self().log();
    const auto made = detail::with_conflicts(log, [&] { return log.submit(entries, receipts); });
    return {detail::claim{self().shared_core(), made}, std::move(receipts)};
  }

  /// As `submit`, but never waits for a write, a flush or a fence: where it would have to, it is a `retry` that says after how many milliseconds, and a thread
  /// of the store's makes room meanwhile. So too from `config.writer.retry_above` of the room on. What `submit` throws as a `quipu::error` is an error.
  template <class Event>
  outcome<ticket> try_submit(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return caught<ticket>([&] {
        return detail::with_entry(where, event, options, [this](const detail::append_entry& entry) { return try_submit_one(entry); });
      });
    }
  }
  outcome<ticket> try_submit_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    return caught<ticket>([&] {
      detail::check_kind(kind);
      return try_submit_one(detail::entry_of(where, detail::raw_event(kind, payload), payload, options));
    });
  }
  outcome<batch_ticket> try_submit_batch(const batch& events) {
    using result = outcome<batch_ticket>;
    return caught<batch_ticket>([&]() -> result {
      std::vector<receipt> receipts(events.size());
      const auto entries = events.entries();
      const char* why = nullptr;
      const auto made = self().log().try_submit(entries, receipts, why);
      if (!made) return declined<result>(why);
      return result::ok(batch_ticket{detail::claim{self().shared_core(), *made}, std::move(receipts)});
    });
  }

  /// An empty outbox. Throws `errc::closed`.
  [[nodiscard]] auto outbox() {
    static_cast<void>(self().log());
    return quipu::outbox{self().shared_core()};
  }

  /// Opens a visibility fence: see visibility_fence.hpp. One is open at a time: where there is one already, this waits for its end, or throws `errc::busy`, as that one
  /// says; `errc::busy` also for the thread that has it, and so for all that this thread would write to the store otherwise. Throws `errc::closed`, `errc::writer_failed`.
  [[nodiscard]] auto begin_visibility_fence(const visibility_fence_options& options = {}) {
    static_cast<void>(self().log());
    return visibility_fence{self().shared_core(), options.others.value_or(self().settings().writer.fence)};
  }
  [[nodiscard]] auto try_begin_visibility_fence(const visibility_fence_options& options = {}) {
    return detail::attempt([&] { return begin_visibility_fence(options); });
  }

  /// What waits to be written or flushed now. Throws `errc::closed`.
  [[nodiscard]] quipu::writer_pressure writer_pressure() { return self().log().pressure(); }

 protected:
  submitting() = default;
  submitting(submitting&&) = default;
  submitting& operator=(submitting&&) = default;
  ~submitting() = default;

 private:
  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }

  ticket submit_one(const detail::append_entry& entry) {
    receipt given;
    auto& log = self().log();
    const auto made = detail::with_conflicts(log, [&] { return log.submit({&entry, 1}, {&given, 1}); });
    return {detail::claim{self().shared_core(), made}, given};
  }
  outcome<ticket> try_submit_one(const detail::append_entry& entry) {
    using result = outcome<ticket>;
    receipt given;
    const char* why = nullptr;
    const auto made = self().log().try_submit({&entry, 1}, {&given, 1}, why);
    if (!made) return declined<result>(why);
    return result::ok(ticket{detail::claim{self().shared_core(), *made}, given});
  }

  /// Two flushes' time, rounded up: one may just have begun.
  template <class Result>
  [[nodiscard]] Result declined(const char* why) {
    return Result::retry(1 + 2 * self().log().pressure().flush_us / 1000, 1, self().settings().writer.retry_attempts, why);
  }

  template <class Ticket, class Call>
  outcome<Ticket> caught(Call&& call) {
    try {
      return call();
    } catch (const error& failure) {
      return outcome<Ticket>{from_error(failure)};
    }
  }
};

}  // namespace quipu
