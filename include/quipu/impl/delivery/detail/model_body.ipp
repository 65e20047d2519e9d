// SPDX-License-Identifier: BSL-1.0
//
// model_body.ipp: see delivery/detail/model_body.hpp.
#pragma once

#include "../../../cache/detail/fingerprint_claims.hpp"
#include "../../../core/detail/failure_text.hpp"
#include "../../../core/detail/steady_time.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/cursor.hpp"
#include "../../../delivery/detail/checkpoint.hpp"
#include "../../../delivery/detail/event_text.hpp"
#include "../../../delivery/detail/model_body.hpp"
#include "../../../delivery/detail/model_saves.hpp"
#include "../../../delivery/detail/visibility.hpp"
#include "../../../delivery/unknown_kinds.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL model_body::model_body(const model_operations& type, model_parts parts)
    : type_{type},
      claim_{std::move(parts.claim)},
      source_{std::move(parts.source)},
      save_every_{parts.save_every_events},
      told_{std::move(parts.told)},
      made_with_{std::move(parts.made_with)},
      is_current_{parts.is_current},
      cursor_{open(*this, std::move(parts.files), std::move(parts.wanted), parts.unknown)},
      saves_{type},
      state_{make_state()} {
  if (save_every_ == 0) throw error{errc::invalid_argument, "read_model_options.save_every_events is at least 1"};
  if (type_.decode != nullptr) fingerprint_claims::of_this_process().claim(source_->identity().lineage, type_.identity);
  generation_ = source_->generation();
  if (!saves_.load(cursor_, state_.get(), generation_)) {
    state_ = make_state();
    cursor_.rewind_to(0);
  }
  position_ = saved_ = cursor_.next_sequence();
  was_loaded_ = position_ != 0;
}

QUIPU_DECL void model_body::run() noexcept {
  thread_.set();
  const stop_request waits_end_with{stop_};
  std::exception_ptr problem;
  try {
    follow();
  } catch (...) {
    problem = std::current_exception();
  }
  if (failed_at_.empty() && unsaved() != 0) save();  // the state has no half of an event
  std::string why = problem ? failed_at_ + text_of(problem) : std::string{};
  if (problem && told_) told_->on_failure({claim_.name(), why, false});
  claim_.release();
  const std::lock_guard lock{mutex_};
  if (problem) {
    failed_ = true;
    failure_ = std::move(why);
  }
  is_over_ = true;
  changed_.notify_all();
}

QUIPU_DECL void model_body::stop() noexcept {
  stop_.store(true);
  source_->wake();
}

QUIPU_DECL bool model_body::is_this_thread() const noexcept {
  return thread_.is_this_thread();
}

QUIPU_DECL const void* model_body::lock() const {
  if (is_current_) static_cast<void>(wait_for_position(source_->snapshot().end_sequence, wait_end::never()));
  std::unique_lock<std::mutex> lock{mutex_};
  check();
  lock.release();
  return state_.get();
}

QUIPU_DECL cursor_position model_body::position() const {
  const std::lock_guard lock{mutex_};
  return {source_->identity().lineage, position_, {}};
}

QUIPU_DECL bool model_body::is_running() const {
  const std::lock_guard lock{mutex_};
  return !is_over_;
}

QUIPU_DECL std::string model_body::failure() const {
  const std::lock_guard lock{mutex_};
  return failure_;
}

QUIPU_DECL std::string model_body::saving_failure() const {
  const std::lock_guard lock{mutex_};
  return saving_failure_;
}

QUIPU_DECL bool model_body::wait_until_visible(const receipt& of, const wait_end& end) {
  const std::uint64_t behind = of.sequence + 1;
  if (!wait_for_position(behind != 0 ? behind : of.sequence, end)) return false;
  // Throws where the receipt is another store's.
  return quipu::detail::wait_until_visible(*source_, of, wait_end::now());
}

QUIPU_DECL bool model_body::wait_until_caught_up(const wait_end& end) {
  return wait_for_position(source_->snapshot().end_sequence, end);
}

QUIPU_DECL bool model_body::wait_for_position(std::uint64_t wanted, const wait_end& end) const {
  std::unique_lock<std::mutex> lock{mutex_};
  static_cast<void>(changed_.wait_for(lock, std::chrono::microseconds{end.left_us()},
                                      [&] { return position_ >= wanted || is_over_; }));
  check();
  if (position_ >= wanted) return true;
  if (is_over_) throw error{errc::closed, "the read model doesn't run any more"};
  return false;
}

QUIPU_DECL void model_body::rebuild() {
  check_shapes();
  const std::uint64_t generation = source_->generation();
  cursor fresh{source_, cursor_.selects(), cursor_position::start(), cursor_.unknown()};
  model_state made = make_state();
  for (;;) {
    const auto events = fresh.poll_batch(fold_batch_events);
    if (events.empty()) break;
    for (const auto& event : events) type_.fold(made.get(), event);
    if (stop_.load() && is_this_thread()) return;
  }
  const std::lock_guard lock{mutex_};
  check();
  // What came since: so no reader sees less than it saw before. The model's thread waits; if it has events at hand, it
  // passes over those that are in the new state.
  while (fresh.next_sequence() < position_) {
    const auto events = fresh.poll_batch(fold_batch_events);
    for (const auto& event : events) type_.fold(made.get(), event);
    if (events.empty()) break;
  }
  state_ = std::move(made);
  position_ = std::max(position_, fresh.next_sequence());
  generation_ = generation;
  saved_ = 0;  // what is on the disk isn't this
  ++rebuilds_;
  changed_.notify_all();
}

QUIPU_DECL std::uint64_t model_body::rebuilds() const {
  const std::lock_guard lock{mutex_};
  return rebuilds_;
}

QUIPU_DECL named_cursor model_body::open(model_body& of, std::unique_ptr<checkpoint_store> files, region wanted,
                                         const unknown_kinds& unknown) {
  unknown.check_region(wanted);
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
  return named_cursor::open(of.source_, std::move(files), name, std::move(wanted), cursor_position::start(), unknown);
}

QUIPU_DECL void model_body::follow() {
  for (;;) {
    const bool closed = source_->is_closed();  // asked first: what was appended before is found
    if (stop_.load()) break;
    check_shapes();
    const auto events = read_next(closed);
    if (!events) {
      source_->wait_for_event(UINT64_MAX, idle_us, stop_);
      continue;
    }
    fold(*events);
    if (!events->empty()) {
      if (unsaved() >= save_every_) save();
      continue;
    }
    if (closed) break;
    const std::int64_t begin_us = steady_now_us();
    source_->wait_for_event(cursor_.next_sequence(), idle_us, stop_);
    if (steady_now_us() - begin_us >= idle_us && unsaved() != 0) save();
  }
}

QUIPU_DECL std::optional<std::vector<event_view>> model_body::read_next(bool closed) {
  try {
    if (!closed && is_outdated()) rebuild();
    return cursor_.poll_batch(fold_batch_events);
  } catch (const std::bad_alloc&) {
    if (closed) throw;
  } catch (const error& problem) {
    if (closed || problem.code() != errc::io_failed) throw;
  }
  return std::nullopt;
}

QUIPU_DECL void model_body::fold(const std::vector<event_view>& events) {
  const std::lock_guard lock{mutex_};
  for (const auto& event : events) {
    if (event.sequence() < position_) continue;  // it came with a rebuilt state
    try {
      type_.fold(state_.get(), event);
    } catch (...) {
      failed_ = true;  // the state may have half of an event
      failed_at_ = text_at(event);
      throw;
    }
  }
  if (cursor_.next_sequence() > position_) {
    position_ = cursor_.next_sequence();
    changed_.notify_all();
  }
}

QUIPU_DECL bool model_body::is_outdated() {
  const std::uint64_t now = source_->generation();
  const std::lock_guard lock{mutex_};
  return now != generation_;
}

QUIPU_DECL std::uint64_t model_body::unsaved() const {
  const std::lock_guard lock{mutex_};
  return type_.encode != nullptr ? position_ - saved_ : 0;
}

QUIPU_DECL void model_body::save() {
  if (type_.encode == nullptr) return;
  try {
    model_saves::encoded made;
    std::uint64_t position = 0;
    {
      const std::lock_guard lock{mutex_};
      made = saves_.encode(state_.get(), generation_, rebuilds_);
      position = position_;
    }
    if (cursor_.next_sequence() != position) cursor_.rewind_to(position);
    saves_.write(cursor_, made);
    const std::lock_guard lock{mutex_};
    if (made.rebuilds == rebuilds_) saved_ = position;
    saving_failure_.clear();
  } catch (...) {
    std::string why = text_of(std::current_exception());
    const std::lock_guard lock{mutex_};
    saving_failure_ = std::move(why);
    saved_ = position_;  // the next attempt is made after as many events again
  }
}

QUIPU_DECL void model_body::check() const {
  if (failed_) throw error{errc::cancelled, "the read model failed: " + failure_};
}

QUIPU_DECL void model_body::check_shapes() {
  const std::uint64_t changes = source_->schema_changes();
  if (checked_.exchange(changes + 1) == changes + 1) return;
  try {
    source_->check_schemas(type_.shapes);
  } catch (...) {
    checked_.store(0);
    throw;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
