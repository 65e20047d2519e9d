// SPDX-License-Identifier: BSL-1.0
//
// outbox.hpp: a batch that remembers its store: events are staged one by one, and appended as one commit when it is
// flushed.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../core/event_kind.hpp"
#include "../journal/append_options.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "detail/refused_arguments.hpp"
#include "detail/store_core.hpp"
#include "detail/write_through.hpp"
#include "ticket.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// May outlive the store: then flushing is `errc::closed`. What was never flushed was never there. Movable; not
/// thread-safe.
class outbox {
 public:
  /// For the store.
  explicit outbox(std::shared_ptr<detail::writer_core> core) noexcept : core_{std::move(core)} {}
  outbox(outbox&&) noexcept = default;
  outbox& operator=(outbox&&) noexcept = default;

  /// As `batch::add`, `add_raw` and `add_reaction`. Nothing is asked of the log before the flush. Throw
  /// `errc::encode_failed`, `errc::invalid_argument`; then nothing was staged.
  template <class Event>
  batch_item stage(const coordinate& where, const Event& event, const append_options& options = detail::no_options) {
    return staged_.add(where, event, options);
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  batch_item stage(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  batch_item stage_raw(const coordinate& where, event_kind kind, bytes_view payload,
                       const append_options& options = detail::no_options);
  template <class Event>
  batch_item stage_reaction(const coordinate& where, const Event& event, batch_item cause,
                            const append_options& options = detail::no_options) {
    return staged_.add_reaction(where, event, cause, options);
  }
  /// A reaction to an event that is in the store.
  template <class Event>
  batch_item stage_reaction(const coordinate& where, const Event& event, const receipt& cause,
                            append_options options = {}) {
    options.causation_id = cause.id;
    return staged_.add(where, event, options);
  }

  [[nodiscard]] std::size_t size() const noexcept { return staged_.size(); }
  [[nodiscard]] bool empty() const noexcept { return staged_.empty(); }
  /// Forgets what was staged.
  void discard() noexcept { staged_.clear(); }

  /// Appends what was staged as one commit and forgets it. Throws as `store::append` does, and keeps it then: where it
  /// was the flush that failed, the events may be found after reopening, or not; an idempotency key makes it safe to
  /// flush them again.
  std::vector<receipt> flush();
  /// As `flush`, but returns when the commit has its place; see `store::submit_batch`.
  batch_ticket submit_flush();

  outcome<std::vector<receipt>> try_flush();

 private:
  std::shared_ptr<detail::writer_core> core_;
  batch staged_;
};

}  // namespace quipu::inline QUIPU_MODE
