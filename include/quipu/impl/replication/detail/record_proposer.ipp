// SPDX-License-Identifier: BSL-1.0
//
// record_proposer.ipp: see replication/detail/record_proposer.hpp.
#pragma once

#include "../../../replication/detail/record_proposer.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::shared_ptr<const sent_record> record_proposer::next(std::uint64_t base, const digest& head) {
  if (current_ || waiting_.empty()) return current_;
  record made{.id = event_id::generate(), .lineage = lineage_, .base = base, .head = to_wire(head)};
  auto sent = std::make_shared<sent_record>();
  sent->id = made.id;
  std::size_t size = 0;
  while (!waiting_.empty() && (size == 0 || size + waiting_.front()->encoded.size() <= options_.record_bytes)) {
    size += waiting_.front()->encoded.size();
    waiting_.front()->index = made.proposals.size();
    made.proposals.push_back(waiting_.front()->encoded);
    sent->proposals.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  sent->content = encode_record(made);
  sent_.emplace(sent->id, sent);
  current_ = std::move(sent);
  return current_;
}

QUIPU_DECL replication_pressure record_proposer::pressure(clock::time_point now) const {
  replication_pressure seen;
  const auto count = [&](const std::shared_ptr<proposal>& each) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - each->proposed_at);
    ++seen.waiting_appends;
    seen.waiting_bytes += each->encoded.size();
    seen.oldest_wait = std::max(seen.oldest_wait, waited);
  };
  std::for_each(waiting_.begin(), waiting_.end(), count);
  for (const auto& [id, sent] : sent_) std::for_each(sent->proposals.begin(), sent->proposals.end(), count);
  return seen;
}

QUIPU_DECL std::chrono::milliseconds record_proposer::record_answer(const outcome<std::uint64_t>& answer) {
  constexpr std::chrono::milliseconds again{20};
  if (!current_) return {};  // it was applied before its acknowledgement came
  if (answer.is_ok()) {
    acknowledged_.emplace(answer.value(), current_->id);
    current_.reset();
    return {};
  }
  if (answer.is_retry()) {
    current_->is_uncertain = true;
    last_problem_ = answer.retry().reason.str();
    return std::max(again, std::chrono::milliseconds{answer.retry().after_ms});
  }
  const error failure = answer.is_error() ? to_error(answer.error())
                                          : error{errc::io_failed, "the append to the shared log returned no result"};
  last_problem_ = failure.what();
  if (failure.code() == errc::payload_too_large) {
    for (const auto& each : current_->proposals) refuse(*each, failure);
    sent_.erase(current_->id);
    current_.reset();
    return {};
  }
  if (failure.code() != errc::unavailable) current_->is_uncertain = true;
  return again;
}

template <class List>
void record_proposer::give_up(List& from, clock::time_point now, const error& why) {
  std::erase_if(from, [&](const std::shared_ptr<proposal>& each) {
    if (each->give_up_at > now) return false;
    refuse(*each, why);
    return true;
  });
}

QUIPU_DECL void record_proposer::give_up(clock::time_point now) {
  const error unreached{errc::unavailable,
                        "the shared log could not be reached: nothing was appended. " + last_problem_};
  const error unknown{errc::timeout,
                      "the shared log did not answer in time: what was appended may be in it, or come. Repeat it with "
                      "the same idempotency key. " +
                          last_problem_};
  give_up(waiting_, now, unreached);
  for (auto next = sent_.begin(); next != sent_.end();) {
    sent_record& each = *next->second;
    const bool is_current = current_ && current_->id == each.id;
    give_up(each.proposals, now, is_current && !each.is_uncertain ? unreached : unknown);
    if (!each.proposals.empty()) {
      ++next;
      continue;
    }
    if (is_current) current_.reset();
    next = sent_.erase(next);
  }
}

QUIPU_DECL void record_proposer::record_applied(applied_record applied) {
  const auto found = sent_.find(applied.id);
  if (found != sent_.end() && (applied.has_expired || !applied.decisions.empty())) {
    const std::shared_ptr<sent_record> sent = found->second;
    if (!std::equal(applied.content.begin(), applied.content.end(), sent->content.begin(), sent->content.end()))
      throw error{errc::diverged, "the shared log has altered a record of this replica", {.actual = applied.position}};
    if (applied.has_expired) {
      waiting_.insert(waiting_.begin(), sent->proposals.begin(), sent->proposals.end());
    } else {
      for (const auto& each : sent->proposals) each->answer.set_value(std::move(applied.decisions[each->index]));
    }
    if (current_ == sent) current_.reset();
    sent_.erase(found);
  }
  check_acknowledged(applied.position);
}

QUIPU_DECL void record_proposer::check_acknowledged(std::uint64_t position) {
  while (!acknowledged_.empty() && acknowledged_.begin()->first <= position) {
    const auto [given, id] = *acknowledged_.begin();
    if (sent_.contains(id))
      throw error{errc::diverged, "the shared log has lost a record that it had acknowledged", {.actual = given}};
    acknowledged_.erase(acknowledged_.begin());
  }
}

QUIPU_DECL void record_proposer::fail_all(const std::exception_ptr& why) {
  for (const auto& each : waiting_) each->answer.set_exception(why);
  for (const auto& [id, sent] : sent_)
    for (const auto& each : sent->proposals) each->answer.set_exception(why);
  waiting_.clear();
  sent_.clear();
  acknowledged_.clear();
  current_.reset();
}

QUIPU_DECL void record_proposer::refuse(proposal& to, const error& why) {
  to.answer.set_value({.receipts = {}, .refused = std::make_unique<error>(to_error(from_error(why)))});
}

}  // namespace quipu::detail::inline QUIPU_MODE
