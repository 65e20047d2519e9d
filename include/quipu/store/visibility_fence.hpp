// SPDX-License-Identifier: BSL-1.0
//
// visibility_fence.hpp: events that are appended one by one, each with its final receipt, and become visible together
// or never.
//
//   auto fence = store.begin_visibility_fence();
//   const auto order = fence.append({"order:7", "shop"}, placed{...});
//   fence.append_reaction({"stock:3", "shop"}, reserved{...}, order);
//   fence.commit();
//
// While a fence is open other writers wait, or are refused: see `visibility_fence_options`. What it appends is kept in
// memory and written whole at `commit()`, as one commit: no reader, here or in another process, ever sees a part, nor
// does a crash leave one. See docs/decisions/0025-a-fence-is-one-commit.md.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../core/bytes.hpp"
#include "../core/detail/process_mark.hpp"
#include "../core/error.hpp"
#include "../core/event_kind.hpp"
#include "../event/event_view.hpp"
#include "../journal/append_options.hpp"
#include "../journal/config.hpp"
#include "../journal/reports.hpp"
#include "../journal/write/append_entry.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "detail/encoded_event.hpp"
#include "detail/refused_arguments.hpp"
#include "detail/store_core.hpp"
#include "detail/write_through.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class staged_commit;

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

struct visibility_fence_options {
  /// What becomes of other writers while it is open, those that would open another fence included; where absent, what
  /// `config.writer.fence` says.
  std::optional<fence_policy> others{};
};

/// Dropped without `commit()`, it is cancelled. May outlive the store, whose closing cancels it. Movable, also to
/// another thread; not thread-safe. In a forked child it can only be dropped.
class visibility_fence {
 public:
  /// For the store.
  visibility_fence(std::shared_ptr<detail::writer_core> core, fence_policy others);
  visibility_fence(visibility_fence&&) noexcept;
  visibility_fence& operator=(visibility_fence&& other) noexcept;
  ~visibility_fence();

  /// Stages an event. The receipt's id and numbers are what they will be after `commit()`; it isn't durable, and has no
  /// hash, before. `options.expected` and keys are checked against the log and what is staged; a cause may be staged or
  /// in the log. Throws as `store::append` does, of failures to write only `errc::writer_failed`; `errc::cancelled`
  /// after `commit()` or `cancel()`, `errc::closed` after the store's; then nothing was staged, and the fence is as it
  /// was.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      return stage_event(where, detail::to_append(event), options);
    }
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  receipt append(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {});
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const receipt& cause,
                          append_options options = {}) {
    options.causation_id = cause.id;
    return append(where, event, options);
  }
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const event_view& cause,
                          append_options options = {}) {
    options.causation_id = cause.id();
    return append(where, event, options);
  }
  /// All of the batch is staged, or nothing.
  std::vector<receipt> append(const batch& events);

  /// Appends what was staged as one commit, visible together, and durable if any of the events asks for it; ends the
  /// fence. The receipts of all that was appended to it, in that order, as they are now. Throws as `append` does and
  /// `errc::storage_full`, and the fence is still open; or `errc::io_failed` where the flush failed, and it isn't: then
  /// none of it is visible, and all or none is found after reopening.
  std::vector<receipt> commit();

  /// Nothing of it was ever there. Does nothing after `commit()`.
  void cancel() noexcept;

  /// Appended so far, repeated keys included.
  [[nodiscard]] std::size_t size() const noexcept;

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return detail::attempt([&] { return append(where, event, options); });
  }
  outcome<std::vector<receipt>> try_append(const batch& events);
  outcome<std::vector<receipt>> try_commit();

 private:
  [[nodiscard]] detail::journal& open_log();
  receipt stage_event(const coordinate& where, detail::event_to_append event, const append_options& options);
  receipt stage_one(const detail::append_entry& entry);

  std::shared_ptr<detail::writer_core> core_;  // none: it has ended
  std::unique_ptr<detail::staged_commit> staged_;
  detail::process_mark opened_by_;
};

}  // namespace quipu::inline QUIPU_MODE
