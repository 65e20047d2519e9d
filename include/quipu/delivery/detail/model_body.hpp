// SPDX-License-Identifier: BSL-1.0
//
// model_body.hpp: what a read model's thread does: it folds events as they come, and writes the state down with the
// position now and then.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/failure_text.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../core/error.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/segment/segment.hpp"
#include "../../macros.hpp"
#include "../../projection/fingerprint.hpp"
#include "../../projection/projection.hpp"
#include "../cursor.hpp"
#include "../cursor_position.hpp"
#include "../named_cursor.hpp"
#include "../watcher.hpp"
#include "checkpoint_files.hpp"
#include "model_folding.hpp"
#include "name_claims.hpp"
#include "visibility.hpp"
#include "wait_time.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <pthread.h>

namespace quipu::detail::inline QUIPU_MODE {

/// What is written before a model's state, in the checkpoint of the cursor that has the model's name.
//    0   4  magic, "QMDL"
//    4   4  form: 1 for one state, 2 for a state for each entity
//    8   8  fingerprint of the projection
//   16   8  the log's generation
//   24      the state
struct model_head {
  static constexpr std::uint32_t magic = 0x4C44'4D51;
  static constexpr std::size_t size = 24;
};

/// `Folding` is `whole_model` or `entity_model` of a projection.
template <class Folding>
class model_body {
  using kept = typename Folding::kept;
  using projected = typename Folding::projected;
  using watched = watched_events<typename projected::events>;
  static constexpr bool is_saved = cacheable<projected>;

 public:
  /// Takes up what was saved, where that is of this log, region and build; else begins at the first event. Throws
  /// `errc::io_failed`, `errc::closed`.
  model_body(name_claim claim, std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files,
             region wanted, std::size_t save_every_events)
      : claim_{std::move(claim)},
        source_{std::move(source)},
        save_every_{save_every_events},
        cursor_{open(*this, std::move(files), std::move(wanted))} {
    if (save_every_events == 0)
      throw error{errc::invalid_argument, "read_model_options.save_every_events is at least 1"};
    generation_ = source_->generation();
    if (!load()) {
      state_ = kept{};
      cursor_.rewind_to(0);
    }
    position_ = saved_ = cursor_.next_sequence();
    was_loaded_ = position_ != 0;
  }

  /// The thread.
  void run() noexcept {
    thread_ = ::pthread_self();
    is_known_.store(true);
    std::exception_ptr problem;
    try {
      follow();
    } catch (...) {
      problem = std::current_exception();
    }
    claim_.end();
    const std::lock_guard lock{mutex_};
    if (problem) {
      failed_ = true;
      failure_ = text_of(problem);
    }
    is_over_ = true;
    changed_.notify_all();
  }
  void stop() noexcept {
    stop_.store(true);
    source_->wake();
  }
  [[nodiscard]] bool is_this_thread() const noexcept {
    return is_known_.load() && ::pthread_equal(thread_, ::pthread_self()) != 0;
  }
  [[nodiscard]] const std::string& name() const noexcept { return cursor_.name(); }

  /// Calls with the state as it is; no event is folded meanwhile. Throws what folding failed with.
  template <class Use>
  decltype(auto) use(Use&& with) const {
    const std::lock_guard lock{mutex_};
    check();
    return with(std::as_const(state_));
  }
  [[nodiscard]] cursor_position position() const {
    const std::lock_guard lock{mutex_};
    return {source_->identity().lineage, position_, {}};
  }
  [[nodiscard]] bool was_loaded() const noexcept { return was_loaded_; }
  [[nodiscard]] bool is_running() const {
    const std::lock_guard lock{mutex_};
    return !is_over_;
  }
  [[nodiscard]] std::string failure() const {
    const std::lock_guard lock{mutex_};
    return failure_;
  }
  [[nodiscard]] std::string saving_failure() const {
    const std::lock_guard lock{mutex_};
    return saving_failure_;
  }

  [[nodiscard]] bool wait_until_visible(const receipt& of, const wait_end& end) {
    {
      std::unique_lock<std::mutex> lock{mutex_};
      static_cast<void>(changed_.wait_for(lock, std::chrono::microseconds{end.left_us()},
                                          [&] { return position_ > of.sequence || is_over_; }));
      check();
      if (position_ <= of.sequence) {
        if (is_over_) throw error{errc::closed, "the read model doesn't run any more"};
        return false;
      }
    }
    return quipu::detail::wait_until_visible(*source_, of,
                                             wait_end::now());  // says so where the receipt is another store's
  }

  void rebuild() {
    check_shapes();
    const std::uint64_t generation = source_->generation();
    cursor fresh{source_, cursor_.selects(), cursor_position::start()};
    kept made{};
    for (;;) {
      const auto events = fresh.poll_batch(folded_at_once);
      if (events.empty()) break;
      for (const auto& event : events) Folding::fold(made, event);
      if (stop_.load() && is_this_thread()) return;
    }
    const std::lock_guard lock{mutex_};
    check();
    // What came since: so no reader sees less than it saw before. The model's thread waits; if it has events at hand,
    // it passes over those that are in the new state.
    while (fresh.next_sequence() < position_) {
      const auto events = fresh.poll_batch(folded_at_once);
      for (const auto& event : events) Folding::fold(made, event);
      if (events.empty()) break;
    }
    state_ = std::move(made);
    position_ = std::max(position_, fresh.next_sequence());
    generation_ = generation;
    saved_ = 0;  // what is on the disk isn't this
    ++rebuilds_;
    changed_.notify_all();
  }
  [[nodiscard]] std::uint64_t rebuilds() const {
    const std::lock_guard lock{mutex_};
    return rebuilds_;
  }

 private:
  static constexpr std::size_t folded_at_once = 256;
  static constexpr std::int64_t idle_us = 1'000'000;

  /// The cursor that has the model's name. What is saved can be made again: a checkpoint that can't be used is removed.
  [[nodiscard]] static named_cursor open(model_body& of, std::unique_ptr<checkpoint_store> files, region wanted) {
    checkpoint_store& store = *files;
    const std::string& name = of.claim_.name();
    try {
      static_cast<void>(named_cursor::load(*of.source_, store, name, wanted));
    } catch (const error& problem) {
      if (problem.code() != errc::corrupt && problem.code() != errc::unsupported_format &&
          problem.code() != errc::invalid_argument)
        throw;
      store.remove(name);
    }
    return named_cursor::open(of.source_, std::move(files), name, std::move(wanted), cursor_position::start());
  }

  [[nodiscard]] bool load() {
    if constexpr (is_saved) {
      byte_reader reader{cursor_.state()};
      std::uint32_t magic = 0;
      std::uint32_t form = 0;
      std::uint64_t fingerprint_found = 0;
      std::uint64_t generation = 0;
      if (!reader.get(magic) || !reader.get(form) || !reader.get(fingerprint_found) || !reader.get(generation))
        return false;
      if (magic != model_head::magic || form != Folding::form || fingerprint_found != fingerprint<projected>() ||
          generation != generation_)
        return false;
      return Folding::decode(cursor_.state().subview(model_head::size), state_);
    } else {
      return false;
    }
  }

  /// Folds until it is told to stop, or the store was closed and all is folded.
  void follow() {
    for (;;) {
      const bool closed = source_->is_closed();  // asked first: what was appended before is found
      if (stop_.load()) break;
      check_shapes();
      if (!closed && is_outdated()) rebuild();
      const auto events = cursor_.poll_batch(folded_at_once);
      fold(events);
      if (!events.empty()) {
        if (unsaved() >= save_every_) save();
        continue;
      }
      if (closed) break;
      const std::int64_t begin_us = steady_now_us();
      source_->wait_for_event(cursor_.next_sequence(), idle_us, stop_);
      if (steady_now_us() - begin_us >= idle_us && unsaved() != 0) save();
    }
    if (unsaved() != 0) save();
  }

  template <class Events>
  void fold(const Events& events) {
    const std::lock_guard lock{mutex_};
    try {
      for (const auto& event : events)
        if (event.sequence() >= position_) Folding::fold(state_, event);  // the others came with a rebuilt state
    } catch (...) {
      failed_ = true;  // the state may have half of an event
      throw;
    }
    if (cursor_.next_sequence() > position_) {
      position_ = cursor_.next_sequence();
      changed_.notify_all();
    }
  }

  /// Whether events were dropped or erased since the state was begun.
  [[nodiscard]] bool is_outdated() {
    const std::uint64_t now = source_->generation();
    const std::lock_guard lock{mutex_};
    return now != generation_;
  }
  [[nodiscard]] std::uint64_t unsaved() const {
    const std::lock_guard lock{mutex_};
    return is_saved ? position_ - saved_ : 0;
  }
  /// Writes state and position down together. A failure is told and does no harm: the state is as it was, and after the
  /// next start it is folded on from an earlier one.
  void save() {
    if constexpr (is_saved) {
      try {
        bytes raw;
        std::uint64_t position = 0;
        {
          const std::lock_guard lock{mutex_};
          byte_writer writer{raw};
          writer.put(model_head::magic);
          writer.put(std::uint32_t{Folding::form});
          writer.put(std::uint64_t{fingerprint<projected>()});
          writer.put(generation_);
          Folding::encode(writer, state_);
          position = position_;
        }
        if (cursor_.next_sequence() != position) cursor_.rewind_to(position);
        cursor_.commit(bytes_view{raw});
        const std::lock_guard lock{mutex_};
        saved_ = position;
        saving_failure_.clear();
      } catch (...) {
        std::string why = text_of(std::current_exception());
        const std::lock_guard lock{mutex_};
        saving_failure_ = std::move(why);
        saved_ = position_;  // the next attempt is made after as many events again
      }
    }
  }

  void check() const {
    if (failed_) throw error{errc::cancelled, "the read model failed: " + failure_};
  }
  void check_shapes() {
    const std::uint64_t changes = source_->schema_changes();
    if (checked_.exchange(changes + 1) != changes + 1) {
      try {
        watched::check(*source_);
      } catch (...) {
        checked_.store(0);
        throw;
      }
    }
  }

  name_claim claim_;
  std::shared_ptr<log_source> source_;
  std::size_t save_every_;
  named_cursor cursor_;  // but for its name and region, of the thread alone
  bool was_loaded_{};

  std::atomic<bool> stop_{false};
  std::atomic<bool> is_known_{false};
  pthread_t thread_{};
  std::atomic<std::uint64_t> checked_{0};  // schema changes at the last check, and 1

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  kept state_{};
  std::uint64_t position_{};
  std::uint64_t saved_{};
  std::uint64_t generation_{};
  std::uint64_t rebuilds_{};
  bool failed_{};
  bool is_over_{};
  std::string failure_;
  std::string saving_failure_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
