// SPDX-License-Identifier: BSL-1.0
//
// worker_body.ipp: see delivery/detail/worker_body.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../core/detail/failure_text.hpp"
#include "../../../core/detail/steady_time.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/detail/event_text.hpp"
#include "../../../delivery/detail/name_claims.hpp"
#include "../../../delivery/detail/wait_time.hpp"
#include "../../../delivery/detail/worker_body.hpp"
#include "../../../delivery/detail/worker_record.hpp"
#include "../../../delivery/named_cursor.hpp"
#include "../../../delivery/parked_event.hpp"
#include "../../../delivery/worker_policy.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/read/log_source.hpp"
#include "../../../journal/read/region_reader.hpp"
#include "../../../journal/write/change_signal.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL worker_body::worker_body(worker_parts parts, const worker_policy& policy)
    : parts_{std::move(parts)}, policy_{policy}, name_{parts_.claim.name()} {
  if (policy.commit_every_events == 0 || policy.commit_every_events > commit_events_max)
    throw error{errc::invalid_argument,
                "worker_policy.commit_every_events must be 1 to 65,536",
                {.expected = commit_events_max, .actual = policy.commit_every_events}};
  if (policy.commit_after_ms < 0 || policy.commit_after_ms > longest_wait_us / 1000)
    throw error{errc::invalid_argument, "worker_policy.commit_after_ms must not be negative and must be a finite time"};
  if (policy.parked_limit > parked_limit_max)
    throw error{errc::invalid_argument,
                "worker_policy.parked_limit must be at most 65,536",
                {.expected = parked_limit_max, .actual = policy.parked_limit}};
  open_cursor();
}

QUIPU_DECL bool worker_body::is_this_thread() const noexcept {
  return thread_.is_this_thread();
}

QUIPU_DECL void worker_body::run() noexcept {
  thread_.set();
  const stop_request waits_end_with{stop_};
  for (;;) {
    bool is_final = false;
    std::exception_ptr problem;
    failed_at_.clear();
    try {
      if (!cursor_) open_cursor();
      run_once();
    } catch (const worker_failure& failure) {
      is_final = failure.is_final();
      problem = std::current_exception();
    } catch (const unknown_kind_error&) {
      is_final = failed_at_.empty();  // thrown by this worker's cursor, not by its handler
      problem = std::current_exception();
    } catch (...) {
      problem = std::current_exception();
    }
    if (!problem || is_interrupted()) return set_final_state(worker_state::stopped, {});
    std::string why = failed_at_ + text_of(problem);
    const bool restarts = !is_final && may_restart();
    if (parts_.told) parts_.told->on_failure({name_, why, restarts});
    if (!restarts) return set_final_state(worker_state::failed, std::move(why));
    set_failure(std::move(why));
    cursor_.reset();
    if (!pause(restart_pause_us())) return set_final_state(worker_state::stopped, failure());
  }
}

QUIPU_DECL bool worker_body::is_ending() const noexcept { return stop_.load() || parts_.source->is_closing(); }

QUIPU_DECL bool worker_body::is_interrupted() const noexcept {
  return parts_.source->is_closing() || stop_request::ended_a_wait();
}

QUIPU_DECL void worker_body::stop() noexcept {
  stop_.store(true);
  end_wait();
}

QUIPU_DECL std::string worker_body::failure() const {
  const std::lock_guard lock{mutex_};
  return failure_;
}

QUIPU_DECL worker_body::parked_list worker_body::parked() const {
  const std::lock_guard lock{mutex_};
  return record_.parked;
}

QUIPU_DECL worker_body::parked_list worker_body::skipped() const {
  const std::lock_guard lock{mutex_};
  return record_.skipped;
}

QUIPU_DECL std::uint64_t worker_body::skipped_count() const {
  const std::lock_guard lock{mutex_};
  return record_.skipped_count;
}

QUIPU_DECL std::size_t worker_body::ask(const std::optional<event_id>& given_up) {
  if (is_this_thread()) throw error{errc::invalid_argument, "the handler must not call retry_parked or give_up_parked"};
  if (parts_.check_waiting) parts_.check_waiting();
  const auto request = std::make_shared<parked_request>(parked_request{.given_up = given_up});
  std::unique_lock<std::mutex> lock{mutex_};
  requests_.push_back(request);
  end_wait();
  while (!request->is_served && state_.load() == worker_state::running) requests_changed_.wait(lock);
  if (!request->is_served) throw_not_running();
  return request->result;
}

QUIPU_DECL bool worker_body::wait_until_caught_up(const wait_end& end) {
  if (is_this_thread()) throw error{errc::invalid_argument, "the handler must not wait for its own worker"};
  const std::uint64_t wanted = parts_.source->snapshot().end_sequence;
  std::unique_lock<std::mutex> lock{mutex_};
  static_cast<void>(done_changed_.wait_for(lock, std::chrono::microseconds{end.left_us()},
                                           [&] { return done_ >= wanted || state_.load() != worker_state::running; }));
  if (done_ >= wanted) return true;
  if (state_.load() != worker_state::running) throw_not_running();
  return false;
}

QUIPU_DECL void worker_body::report_done() {
  const std::lock_guard lock{mutex_};
  done_ = cursor_->next_sequence();
  done_changed_.notify_all();
}

QUIPU_DECL void worker_body::throw_not_running() const {
  throw error{errc::closed, "the worker \"" + name_ + "\" is not running" + (failure_.empty() ? "" : ": " + failure_)};
}

QUIPU_DECL void worker_body::end_wait() noexcept {
  end_wait_.store(true);
  parts_.source->wake();
}

QUIPU_DECL void worker_body::open_cursor() {
  cursor_.emplace(parts_.open());
  record read = record::of(cursor_->state(), name_);
  // The starting position is committed at once: a worker that begins at the end of the log and stops before the first
  // event then continues there after a restart.
  if (!cursor_->is_committed() && cursor_->next_sequence() != 0) cursor_->commit();
  const std::lock_guard lock{mutex_};
  record_ = std::move(read);
  next_.store(cursor_->next_sequence());
}

QUIPU_DECL void worker_body::run_once() {
  for (;;) {
    // An exchange, not a store: it synchronizes with the setter, whose request is then visible here.
    static_cast<void>(end_wait_.exchange(false));
    if (is_ending()) return;
    serve_requests();
    const bool is_idle = !handle_some();
    report_done();
    if (is_idle) parts_.source->wait_for_event(cursor_->next_sequence(), wait_end::never().left_us(), end_wait_);
  }
}

QUIPU_DECL bool worker_body::handle_some() {
  std::int64_t committed_at_us = steady_now_us();
  std::size_t handled = 0;
  while (handled < policy_.commit_every_events && handle_next()) {
    ++handled;
    if (const std::int64_t now_us = steady_now_us(); now_us - committed_at_us >= policy_.commit_after_ms * 1000) {
      commit();
      committed_at_us = now_us;
    }
  }
  if (handled != 0) commit();
  return handled != 0;
}

QUIPU_DECL bool worker_body::handle_next() {
  std::uint64_t begin = cursor_->next_sequence();
  try {
    // One at a time: an event that waits in a list could be erased meanwhile.
    const std::optional<event_view> event = cursor_->poll();
    if (!event) {
      next_.store(cursor_->next_sequence());
      return false;
    }
    begin = event->sequence();
    if (!is_ending() && handle_named(*event)) {
      next_.store(begin + 1);
      return true;
    }
  } catch (...) {
    cursor_->rewind_to(begin);
    commit_quietly();
    throw;
  }
  cursor_->rewind_to(begin);
  return false;
}

QUIPU_DECL bool worker_body::handle_named(const event_view& event) {
  try {
    return handle_one(event);
  } catch (...) {
    failed_at_ = text_at(event);
    throw;
  }
}

QUIPU_DECL bool worker_body::handle_one(event_view event) {
  for (std::uint64_t attempt = 1;; ++attempt) {
    std::exception_ptr problem = call_handler(event);
    if (!problem) return true;
    if (is_interrupted()) return false;
    if (attempt <= policy_.poison.retries()) {
      set_failure(text_at(event) + text_of(problem));
      if (!pause(policy_.poison.pause_us())) return false;
      auto now = find_selected(parts_.source->snapshot(), cursor_->selects(), event.sequence(), event.id());
      if (!now) return true;
      event = *std::move(now);
      continue;
    }
    if (policy_.poison.end() == poison_policy::ending::stop) std::rethrow_exception(problem);
    park_or_skip(event, attempt, text_of(problem));
    return true;
  }
}

QUIPU_DECL std::exception_ptr worker_body::call_handler(const event_view& event) {
  try {
    parts_.handle(event);
    return {};
  } catch (const worker_failure&) {
    throw;
  } catch (...) {
    return std::current_exception();
  }
}

QUIPU_DECL void worker_body::park_or_skip(const event_view& event, std::uint64_t attempts, std::string why) {
  if (why.size() > parked_text_max_bytes) why.resize(parked_text_max_bytes);
  const bool parks = policy_.poison.end() == poison_policy::ending::park;
  record_poison({event.id(), event.sequence(), attempts, parts_.source->now_us(), why}, parks);
  if (parts_.told) parts_.told->on_poison({name_, event.id(), event.sequence(), attempts, why, parks});
}

QUIPU_DECL void worker_body::record_poison(parked_event made, bool parks) {
  const std::lock_guard lock{mutex_};
  if (!parks) return record_.add_skipped(std::move(made));
  if (record_.parked.size() >= policy_.parked_limit)
    throw worker_failure{
        error{errc::busy,
              "the worker \"" + name_ +
                  "\" has as many parked events as it may have; the next event failed with: " + made.error,
              {.expected = policy_.parked_limit}},
        true};
  record_.parked.push_back(std::move(made));
}

QUIPU_DECL void worker_body::commit() {
  if (parts_.before_commit) parts_.before_commit();
  bytes state;
  {
    const std::lock_guard lock{mutex_};
    state = record_.encode();
  }
  cursor_->commit(bytes_view{state});
}

QUIPU_DECL void worker_body::commit_quietly() noexcept {
  try {
    commit();
  } catch (...) {
    static_cast<void>(0);  // the caller reports the first failure
  }
}

QUIPU_DECL void worker_body::serve_requests() {
  std::vector<std::shared_ptr<parked_request>> waiting;
  {
    const std::lock_guard lock{mutex_};
    waiting = requests_;
  }
  if (waiting.empty()) return;
  for (const auto& each : waiting) {
    if (!each->given_up) {
      each->result = retry_all();
      continue;
    }
    const std::lock_guard lock{mutex_};
    each->result = record_.remove_parked(*each->given_up) ? 1 : 0;
  }
  commit();  // if it throws, the next run serves the requests
  const std::lock_guard lock{mutex_};
  for (const auto& each : waiting) each->is_served = true;
  std::erase_if(requests_, [](const auto& each) { return each->is_served; });
  requests_changed_.notify_all();
}

QUIPU_DECL std::size_t worker_body::retry_all() {
  std::size_t done = 0;
  for (const parked_event& each : parked()) {
    if (is_ending()) break;
    if (retry_one(each)) ++done;
  }
  return done;
}

QUIPU_DECL bool worker_body::retry_one(const parked_event& which) {
  std::exception_ptr problem;
  if (const auto event = find_selected(parts_.source->snapshot(), cursor_->selects(), which.sequence, which.id))
    problem = call_handler(*event);
  std::string why = problem ? text_of(problem) : std::string{};
  if (why.size() > parked_text_max_bytes) why.resize(parked_text_max_bytes);
  const std::lock_guard lock{mutex_};
  if (!problem) return record_.remove_parked(which.id);
  for (parked_event& kept : record_.parked) {
    if (kept.id != which.id) continue;
    ++kept.attempts;
    kept.failed_at_us = parts_.source->now_us();
    kept.error = std::move(why);
  }
  return false;
}

QUIPU_DECL bool worker_body::pause(std::int64_t microseconds) {
  const wait_end over{microseconds};
  while (!is_ending()) {
    const std::int64_t left_us = over.left_us();
    if (left_us == 0) return true;
    parts_.source->wait_for_event(UINT64_MAX, left_us, stop_);
  }
  return false;
}

QUIPU_DECL bool worker_body::may_restart() {
  const std::int64_t now_us = steady_now_us();
  std::size_t recent = 0;
  while (recent < restarted_at_us_.size() &&
         now_us - restarted_at_us_[restarted_at_us_.size() - 1 - recent] < policy_.restart.window_us())
    ++recent;
  restarted_at_us_.erase(restarted_at_us_.begin(), restarted_at_us_.end() - static_cast<std::ptrdiff_t>(recent));
  if (recent >= policy_.restart.most()) return false;
  restarted_at_us_.push_back(now_us);
  ++restarts_;
  return true;
}

QUIPU_DECL std::int64_t worker_body::restart_pause_us() const noexcept {
  const std::size_t recent = restarted_at_us_.size() - 1;
  return std::int64_t{10'000} << (recent < 6 ? recent : 6);
}

QUIPU_DECL void worker_body::set_failure(std::string why) {
  const std::lock_guard lock{mutex_};
  failure_ = std::move(why);
}

QUIPU_DECL void worker_body::set_final_state(worker_state how, std::string why) noexcept {
  parts_.claim.release();
  const std::lock_guard lock{mutex_};
  if (how == worker_state::failed || !why.empty()) failure_ = std::move(why);
  state_.store(how);
  requests_changed_.notify_all();
  done_changed_.notify_all();
}

}  // namespace quipu::detail::inline QUIPU_MODE
