// SPDX-License-Identifier: BSL-1.0
//
// model_body.hpp: what a read model's thread does: it folds events as they come, and writes the state down with the
// position now and then. It has the state as an address, and a table of what to do with it, so that it is compiled once
// for all projections.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/detail/thread_mark.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/observer.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"
#include "../cursor_position.hpp"
#include "../named_cursor.hpp"
#include "../unknown_kinds.hpp"
#include "checkpoint_store.hpp"
#include "model_operations.hpp"
#include "model_saves.hpp"
#include "name_claims.hpp"
#include "owned_thread.hpp"
#include "wait_time.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a read model is made of, besides its type.
struct model_parts {
  name_claim claim;
  std::shared_ptr<log_source> source;
  std::unique_ptr<checkpoint_store> files;
  region wanted;
  std::size_t save_every_events{};
  unknown_kinds unknown{};  ///< with the kinds of the projection
  std::shared_ptr<observer> told{};
  std::shared_ptr<const void> made_with{};  ///< what a state is made with; empty if that is nothing
  bool is_current{};                        ///< whether a reader waits for all that is visible
};

class model_body final : public thread_body {
 public:
  /// Takes up what was saved, where that is of this log, region and build; else begins at the first event. Throws
  /// `errc::io_failed`, `errc::closed`.
  model_body(const model_operations& type, model_parts parts);

  QUIPU_DECL void run() noexcept override;
  QUIPU_DECL void stop() noexcept override;
  [[nodiscard]] QUIPU_DECL bool is_this_thread() const noexcept override;

  /// Returns the state as it is; no event is folded before `unlock()`. Throws what folding failed with, and where the
  /// state must be current and can't become so, `errc::closed`; then nothing is locked.
  [[nodiscard]] const void* lock() const;
  void unlock() const noexcept { mutex_.unlock(); }
  [[nodiscard]] cursor_position position() const;
  [[nodiscard]] bool was_loaded() const noexcept { return was_loaded_; }
  [[nodiscard]] bool is_running() const;
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] std::string saving_failure() const;
  [[nodiscard]] bool wait_until_visible(const receipt& of, const wait_end& end);
  [[nodiscard]] bool wait_until_caught_up(const wait_end& end);
  void rebuild();
  [[nodiscard]] std::uint64_t rebuilds() const;

 private:
  static constexpr std::size_t fold_batch_events = 256;
  static constexpr std::int64_t idle_us = 1'000'000;

  /// The cursor that has the model's name. What is saved can be made again: a checkpoint that can't be used is removed.
  [[nodiscard]] static named_cursor open(model_body& of, std::unique_ptr<checkpoint_store> files, region wanted,
                                         const unknown_kinds& unknown);
  /// Folds until it is told to stop, or the store was closed and all is folded.
  void follow();
  /// The next events, after rebuilding the state if events were dropped or erased. Nothing if a failure that may pass
  /// keeps the log from being read: too little memory, an I/O error. The state is then as it was.
  [[nodiscard]] std::optional<std::vector<event_view>> read_next(bool closed);
  void fold(const std::vector<event_view>& events);
  /// Whether events were dropped or erased since the state was begun.
  [[nodiscard]] bool is_outdated();
  [[nodiscard]] std::uint64_t unsaved() const;
  /// Writes state and position down together. A failure is told and does no harm: the state is as it was, and after the
  /// next start it is folded on from an earlier one.
  void save();

  /// Waits until the state covers every event before `wanted`. Returns whether it does. Throws `errc::closed` where the
  /// model has ended before that, and what folding failed with.
  [[nodiscard]] bool wait_for_position(std::uint64_t wanted, const wait_end& end) const;
  void check() const;
  void check_shapes();
  [[nodiscard]] model_state make_state() const { return type_.make(made_with_.get()); }

  const model_operations& type_;
  name_claim claim_;
  std::shared_ptr<log_source> source_;
  std::size_t save_every_;
  std::shared_ptr<observer> told_;
  std::shared_ptr<const void> made_with_;
  bool is_current_;
  named_cursor cursor_;  // used by the thread only, except for name and region
  model_saves saves_;    // used by the thread only
  bool was_loaded_{};

  std::atomic<bool> stop_{false};
  thread_mark thread_;
  std::atomic<std::uint64_t> checked_{0};  // schema changes at the last check, plus 1; 0 before it

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  model_state state_;
  std::uint64_t position_{};
  std::uint64_t saved_{};
  std::uint64_t generation_{};
  std::uint64_t rebuilds_{};
  bool failed_{};
  bool is_over_{};
  std::string failed_at_;  // begins `failure_` where folding one event failed
  std::string failure_;
  std::string saving_failure_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
