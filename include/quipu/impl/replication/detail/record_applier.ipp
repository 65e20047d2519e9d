// SPDX-License-Identifier: BSL-1.0
//
// record_applier.ipp: see replication/detail/record_applier.hpp.
#pragma once

#include "../../../replication/detail/record_applier.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Whether a replica that throws this has decided about a proposal, as every other one does; otherwise it has failed.
[[nodiscard]] QUIPU_DECL bool is_refusal(errc code) noexcept {
  return code == errc::conflict || code == errc::idempotency_mismatch || code == errc::schema_drift ||
         code == errc::payload_too_large || code == errc::not_found || code == errc::invalid_argument ||
         code == errc::invalid_coordinate || code == errc::decode_failed;
}

/// Differs for each proposal of each record, and is the same for all replicas.
[[nodiscard]] QUIPU_DECL std::uint64_t seed_of(const event_id& record, std::uint32_t index) noexcept {
  const auto& raw = record.raw();
  return xxhash64({reinterpret_cast<const char*>(raw.data()), raw.size()}, index);
}

QUIPU_DECL std::vector<receipt> receipts_of(std::future<decision>& answer) {
  decision made = answer.get();
  if (!made.refused) return std::move(made.receipts);
  if (const auto* const conflict = dynamic_cast<const conflict_error*>(made.refused.get()))
    throw conflict_error{*conflict};
  throw error{*made.refused};
}

QUIPU_DECL record_applier::record_applier(replica_log& log, std::uint64_t window)
    : log_{log},
      window_{window},
      resumed_{log.last_place().value_or(shared_place{})},
      end_{log.source().snapshot().end_sequence} {
  read_ = resumed_.position - std::min(resumed_.position, window_);
}

QUIPU_DECL std::vector<applied_record> record_applier::apply(std::span<const shared_record> records) {
  std::vector<applied_record> done;
  done.reserve(records.size());
  for (const shared_record& each : records) {
    if (each.position <= read_) diverge("the shared log gave a position twice", each.position);
    if (read_ < resumed_.position && each.position > resumed_.position)
      diverge("the shared log has lost a record", resumed_.position);
    if (!confirm(each)) apply_one(each, done);
    read_ = each.position;
  }
  settle(done);
  return done;
}

QUIPU_DECL std::vector<applied_record> record_applier::apply_acknowledged(const shared_record& own) {
  std::vector<applied_record> done;
  const bool is_next = !heads_.empty() && own.position == position() + 1;
  if (!is_next || unread_.size() == most_unread) return done;
  apply_one(own, done);
  unread_.push_back(own);
  settle(done);
  return done;
}

QUIPU_DECL bool record_applier::confirm(const shared_record& read) {
  if (unread_.empty()) return false;
  if (unread_.front().position != read.position)
    diverge("the shared log has lost a record that it had acknowledged", unread_.front().position);
  if (unread_.front().bytes != read.bytes)
    diverge("the shared log has another record where it had acknowledged one", read.position);
  unread_.pop_front();
  return true;
}

QUIPU_DECL void record_applier::apply_one(const shared_record& each, std::vector<applied_record>& done) {
  const auto from = decode_record({each.bytes.data(), each.bytes.size()});
  if (!from) diverge("the shared log has altered a record", each.position);
  if (from->lineage != log_.source().identity().lineage && !from->founds())
    diverge("a record of the shared log is of the store " + from->lineage.str(), each.position);
  if (each.position < resumed_.position) return remember(from->id, each.position);

  if (each.position == resumed_.position) check_resumed(*from);

  applied_record made{.position = each.position, .id = from->id, .content = each.bytes};
  if (read_ == 0 && resumed_.position == 0) {
    check_founding(*from, each.position);
  } else if (!from->founds()) {
    check_base(*from, each.position, done);
    made.has_expired = each.position - from->base > window_;
    if (!made.has_expired && !has_applied(from->id)) {
      remember(from->id, each.position);
      // What a crash left of the record it was found in was decided before.
      const bool resumes = each.position == resumed_.position;
      for (std::uint32_t index = 0; index < from->proposals.size(); ++index) {
        const shared_place place{each.position, index};
        if (resumes && place <= resumed_) {
          made.decisions.emplace_back();
          continue;
        }
        placed_commit commit{};
        made.decisions.push_back(
            decide(bytes_view{from->proposals[index]}, {.place = place, .seed = seed_of(from->id, index)}, commit));
        if (!made.decisions.back().refused) placed_proposals_.push_back({done.size(), index, commit});
        end_ = std::max(end_, commit.end);
      }
    }
  }
  placed_records_.push_back({each.position, end_});
  done.push_back(std::move(made));
}

QUIPU_DECL decision record_applier::decide(bytes_view proposal, replica_commit as, placed_commit& made) {
  decision decided;
  try {
    const decoded_proposal wanted{proposal};
    as.time_us = wanted.time_us();
    decided.receipts.resize(wanted.entries().size());
    made = with_conflicts(log_.source(), [&] { return log_.place(wanted.entries(), decided.receipts, as); });
  } catch (const error& failure) {
    if (!is_refusal(failure.code())) throw;
    decided.receipts.clear();
    const auto* const conflict = dynamic_cast<const conflict_error*>(&failure);
    decided.refused =
        conflict != nullptr ? std::make_unique<conflict_error>(*conflict) : std::make_unique<error>(failure);
  }
  return decided;
}

QUIPU_DECL void record_applier::check_founding(const record& from, std::uint64_t position) {
  const store_identity& own = log_.source().identity();
  if (!from.founds()) diverge("the shared log has lost the record that founded it", position);
  if (from.lineage != own.lineage) diverge("the shared log was founded for the store " + from.lineage.str(), position);
  const digest head = log_.head_before(end_);
  if (from.founded_events == end_ && from_wire(from.head) == head) return;
  diverge("the shared log begins behind " + std::to_string(from.founded_events) + " events with the head " +
              from_wire(from.head).str() + "; this log has " + std::to_string(end_) + " with the head " + head.str(),
          position);
}

QUIPU_DECL void record_applier::check_resumed(const record& from) const {
  const event_id last = log_.last_id();
  if (resumed_.index < from.proposals.size()) {
    const decoded_proposal proposal{bytes_view{from.proposals[resumed_.index]}};
    id_randomness random{seed_of(from.id, resumed_.index)};
    for (std::size_t count = 0; count < proposal.entries().size(); ++count)
      if (event_id::from_reading(last.reading(), random.next()) == last) return;
  }
  diverge("the shared log has another record where this replica's last event came from", resumed_.position);
}

QUIPU_DECL void record_applier::check_base(const record& from, std::uint64_t position,
                                           std::vector<applied_record>& done) {
  if (from.base >= position) diverge("the shared log gave a position again", position);
  if (position - from.base > window_ || from.base < resumed_.position) return;  // before what this replica remembers
  if (!placed_records_.empty() && placed_records_.front().position <= from.base) settle(done);
  const auto known =
      std::lower_bound(heads_.begin(), heads_.end(), from.base,
                       [](const known_head& each, std::uint64_t wanted) { return each.position < wanted; });
  if (known == heads_.end() || known->position != from.base)
    diverge("another replica was given a record at position " + std::to_string(from.base) + ", and this one was not",
            position);
  const digest theirs = from_wire(from.head);
  if (known->head != theirs)
    diverge("at position " + std::to_string(from.base) + " of the shared log this replica's head is " +
                known->head.str() + ", and another one's " + theirs.str(),
            position);
}

QUIPU_DECL void record_applier::diverge(const std::string& what, std::uint64_t position) const {
  throw error{errc::diverged, what, {.path = log_.core()->settings.directory.string(), .actual = position}};
}

QUIPU_DECL void record_applier::remember(const event_id& id, std::uint64_t position) {
  applied_ids_.emplace(id, position);
  applied_positions_.emplace(position, id);
  while (applied_positions_.begin()->first + window_ < position) {
    applied_ids_.erase(applied_positions_.begin()->second);
    applied_positions_.erase(applied_positions_.begin());
  }
}

QUIPU_DECL void record_applier::settle(std::vector<applied_record>& done) {
  if (placed_records_.empty()) return;
  log_.keep();
  for (const placed_proposal& each : placed_proposals_)
    log_.complete(each.made, done[each.record].decisions[each.proposal].receipts);
  for (const placed_record& each : placed_records_) heads_.push_back({each.position, log_.head_before(each.end)});
  while (heads_.front().position + window_ < heads_.back().position) heads_.pop_front();
  placed_proposals_.clear();
  placed_records_.clear();
}

}  // namespace quipu::detail::inline QUIPU_MODE
