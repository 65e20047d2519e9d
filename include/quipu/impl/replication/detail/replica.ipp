// SPDX-License-Identifier: BSL-1.0
//
// replica.ipp: see replication/detail/replica.hpp.
#pragma once

#include "../../../replication/detail/replica.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr std::chrono::milliseconds pause_of_replica{20};

/// Calls until the outcome is ok. Throws the error of one that is neither a retry nor `errc::unavailable`, and the last
/// one's when the time is over.
template <class Call>
auto until_ok(std::chrono::milliseconds patience, const Call& call) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto answer = call();
    if (answer.is_ok()) return std::move(answer).into_value();
    const bool is_over = std::chrono::steady_clock::now() >= end;
    if (answer.is_error() && (is_over || to_error(answer.error()).code() != errc::unavailable))
      throw to_error(answer.error());
    if (is_over) throw error{errc::unavailable, "the shared log did not answer in time"};
    std::this_thread::sleep_for(pause_of_replica);
  }
}

/// The record that founded the log. Appends one if the log is empty.
[[nodiscard]] QUIPU_DECL record founding_of(shared_log& log, const record& wanted, std::chrono::milliseconds patience) {
  const bytes content = encode_record(wanted);
  if (until_ok(patience, [&] { return log.extent(); }).last == 0)
    static_cast<void>(until_ok(patience, [&] { return log.append(content, wanted.id); }));
  const auto first = until_ok(patience, [&] { return log.read(1, 1, pause_of_replica); });
  if (first.empty()) throw error{errc::diverged, "the shared log has lost the record that founded it"};
  const auto found = decode_record({first.front().bytes.data(), first.front().bytes.size()});
  if (!found || !found->founds())
    throw error{errc::diverged, "the shared log does not begin with the record that founds it"};
  return *found;
}

QUIPU_DECL event_id lineage_of(shared_log& log, std::chrono::milliseconds patience) {
  const record found = founding_of(
      log, {.id = event_id::generate(), .lineage = event_id::generate(), .head = to_wire(blake3_hasher{}.finish())},
      patience);
  if (found.founded_events != 0)
    throw error{errc::not_found,
                "the shared log goes on where a store with events was: a new replica starts from a snapshot of another",
                {.expected = found.founded_events}};
  return found.lineage;
}

/// Whether a log that begins with this record goes on where the store ends.
[[nodiscard]] QUIPU_DECL bool founds_behind(const record& first, replica_log& store) {
  return first.founds() && first.founded_events == store.source().snapshot().end_sequence &&
         from_wire(first.head) == store.source().head();
}

QUIPU_DECL bool found_log(shared_log& log, replica_log& store, std::chrono::milliseconds patience) {
  const std::uint64_t events = store.source().snapshot().end_sequence;
  const record wanted{.id = event_id::generate(),
                      .lineage = store.source().identity().lineage,
                      .head = to_wire(store.source().head()),
                      .founded_events = events};
  return founds_behind(founding_of(log, wanted, patience), store);
}

QUIPU_DECL bool begins_behind(shared_log& log, replica_log& store) {
  const auto first = log.read(1, 1, std::chrono::milliseconds{0});
  if (!first.is_ok() || first.value().empty()) return false;
  const shared_record& raw = first.value().front();
  const auto found = decode_record({raw.bytes.data(), raw.bytes.size()});
  return found && founds_behind(*found, store);
}

/// Throws `errc::io_failed` if the system cannot start a thread.
template <class Work>
[[nodiscard]] std::thread start_thread_of_replica(Work&& work) {
  try {
    return std::thread{std::forward<Work>(work)};
  } catch (const std::system_error& refused) {
    throw error{errc::io_failed,
                "start a thread of a replica: " + refused.code().message(),
                {.system_error = refused.code().value()}};
  }
}

QUIPU_DECL replica::replica(std::unique_ptr<replica_log> own, std::shared_ptr<shared_log> shared,
                            const replication_options& options)
    : options_{options},
      own_{std::move(own)},
      shared_{std::move(shared)},
      applier_{*own_},
      proposer_{own_->source().identity().lineage, options_} {
  check_reach();
  following_ = start_thread_of_replica([this]() noexcept { follow(); });
  try {
    sending_ = start_thread_of_replica([this]() noexcept { send(); });
  } catch (...) {
    close();  // ends and joins the first thread
    throw;
  }
}

QUIPU_DECL void replica::check_reach() {
  const auto answer = shared_->extent();
  if (!answer.is_ok()) return;
  const shared_log_extent& extent = answer.value();
  check_end(extent, applier_.resumed_position());
  if (applier_.next_position() < extent.first)
    throw error{errc::trimmed,
                "this replica was away longer than the shared log reaches back: start it from a snapshot of another",
                {.expected = applier_.next_position(), .actual = extent.first}};
}

QUIPU_DECL void replica::check_end(const shared_log_extent& extent, std::uint64_t given) const {
  if (extent.last < given)
    throw error{errc::diverged,
                "the shared log has lost records: it ends before what it gave this replica",
                {.expected = given, .actual = extent.last}};
}

QUIPU_DECL void replica::check_running() const {
  own_->source().check_usable();
  if (ended_) std::rethrow_exception(ended_);
}

QUIPU_DECL std::future<decision> replica::propose(std::span<const append_entry> entries, sender by) {
  own_->check(entries);
  auto made = std::make_shared<proposal>();
  made->encoded = encode_proposal(entries, own_->source().now_us());
  made->proposed_at = clock::now();
  made->give_up_at = made->proposed_at + options_.unavailable_after;
  auto answer = made->answer.get_future();
  std::unique_lock lock{mutex_};
  check_running();
  proposer_.add(std::move(made));
  if (by == sender::caller && can_send())
    send_as_caller(lock);
  else
    to_send_.notify_one();
  return answer;
}

QUIPU_DECL void replica::sync() {
  const auto end = clock::now() + options_.unavailable_after;
  const std::uint64_t last = until_ok(options_.unavailable_after, [&] { return shared_->extent(); }).last;
  std::unique_lock lock{mutex_};
  const bool applied = applied_.wait_until(lock, end, [&] { return position_ >= last || ended_; });
  check_running();
  if (!applied) throw error{errc::unavailable, "the shared log did not give its records in time"};
}

QUIPU_DECL replica::status replica::now() const {
  const std::lock_guard lock{mutex_};
  return {position_, head_, ended_};
}

QUIPU_DECL replication_pressure replica::pressure() const {
  const std::lock_guard lock{mutex_};
  return proposer_.pressure(clock::now());
}

QUIPU_DECL void replica::trim(std::uint64_t position) {
  if (const std::uint64_t applied = now().position; position > applied)
    throw error{errc::invalid_argument,
                "this replica has not applied the record behind which the shared log would begin",
                {.expected = applied, .actual = position}};
  const std::uint64_t below = position - std::min(position, record_applier::standard_window) + 1;
  until_ok(options_.unavailable_after, [&] { return shared_->trim(below); });
}

QUIPU_DECL void replica::close() noexcept {
  end(std::make_exception_ptr(error{errc::closed, "the store was closed"}));
  { const std::lock_guard until_nobody_applies{applying_}; }
  if (following_.joinable()) following_.join();
  if (sending_.joinable()) sending_.join();
}

QUIPU_DECL void replica::end(std::exception_ptr why) noexcept {
  {
    const std::lock_guard lock{mutex_};
    if (!ended_) ended_ = std::move(why);
    proposer_.fail_all(ended_);
  }
  applied_.notify_all();
  to_send_.notify_one();
}

QUIPU_DECL void replica::follow() noexcept {
  try {
    std::uint64_t quiet_reads = 0;
    while (!now().ended) read_some(quiet_reads);
  } catch (...) {
    end(std::current_exception());
  }
}

QUIPU_DECL void replica::read_some(std::uint64_t& quiet_reads) {
  constexpr std::uint64_t reads_between_checks = 10;
  const auto answer = shared_->read(applier_.next_position(), options_.read_records, options_.read_wait);
  if (!answer.is_ok()) {
    const bool is_final = answer.is_error() && to_error(answer.error()).code() != errc::unavailable;
    if (is_final) throw to_error(answer.error());
    std::this_thread::sleep_for(pause_of_replica);
    quiet_reads = reads_between_checks;  // look where it ends as soon as it is back
    return;
  }
  const auto& found = answer.value();
  if (!found.empty()) return apply([&] { return applier_.apply(found); });
  if (++quiet_reads < reads_between_checks) return;
  quiet_reads = 0;
  const std::uint64_t given = std::max(now().position, applier_.resumed_position());
  if (const auto extent = shared_->extent(); extent.is_ok()) check_end(extent.value(), given);
}

template <class Call>
void replica::apply(const Call& call) noexcept {
  const std::lock_guard applying{applying_};
  try {
    if (now().ended) return;
    std::vector<applied_record> applied = call();
    const std::lock_guard lock{mutex_};
    for (applied_record& each : applied) proposer_.record_applied(std::move(each));
    position_ = applier_.position();
    head_ = applier_.head();
    if (can_send()) to_send_.notify_one();  // the first record came, or one has expired
  } catch (...) {
    end(std::current_exception());
  }
  applied_.notify_all();
}

QUIPU_DECL void replica::send() noexcept {
  try {
    std::unique_lock lock{mutex_};
    while (!ended_) {
      if (!is_sending_) proposer_.give_up(clock::now());
      if (!can_send()) {
        to_send_.wait_for(lock, options_.read_wait);
        continue;
      }
      const auto sent = send_next(lock);
      if (sent.pause.count() != 0) to_send_.wait_for(lock, sent.pause, [this] { return ended_ != nullptr; });
    }
  } catch (...) {
    end(std::current_exception());
  }
}

QUIPU_DECL void replica::send_as_caller(std::unique_lock<std::mutex>& lock) noexcept {
  try {
    const auto sent = send_next(lock);
    if (proposer_.has_unsent()) to_send_.notify_one();
    lock.unlock();
    if (!sent.answer.is_ok()) return;
    const bytes& content = sent.record->content;
    const shared_record own{sent.answer.value(), {content.begin(), content.end()}};
    apply([&] { return applier_.apply_acknowledged(own); });
  } catch (...) {
    if (lock.owns_lock()) lock.unlock();
    end(std::current_exception());
  }
}

QUIPU_DECL replica::sent_and_answered replica::send_next(std::unique_lock<std::mutex>& lock) {
  auto record = proposer_.next(position_, head_);
  is_sending_ = true;
  lock.unlock();
  auto answer = shared_->append(record->content, record->id);
  lock.lock();
  is_sending_ = false;
  const auto pause = proposer_.record_answer(answer);
  return {std::move(record), std::move(answer), pause};
}

}  // namespace quipu::detail::inline QUIPU_MODE
