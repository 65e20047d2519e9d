// SPDX-License-Identifier: BSL-1.0
//
// record_proposer.hpp: what a replica proposes: appends wait in a queue, are put into records together, and each learns
// what was decided about it when the replica has applied its record. One record is appended at a time; meanwhile the
// queue fills.
#pragma once

#include "../replication_options.hpp"
#include "../replication_pressure.hpp"
#include "../shared_log.hpp"
#include "record.hpp"
#include "record_applier.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// An append that waits for its decision.
struct proposal {
  using clock = std::chrono::steady_clock;

  bytes encoded{};
  clock::time_point proposed_at{};
  clock::time_point give_up_at{};
  std::size_t index{};  ///< in its record
  std::promise<decision> answer{};
};

/// A record on its way.
struct sent_record {
  event_id id{};
  bytes content{};
  std::vector<std::shared_ptr<proposal>> proposals{};  ///< without those that were given up
  bool is_uncertain{};                                 ///< it may have been appended, and is still being tried
};

/// Not thread-safe: guarded by its owner's lock.
class record_proposer {
 public:
  using clock = proposal::clock;

  /// `options` must outlive this.
  record_proposer(const event_id& lineage, const replication_options& options) noexcept
      : lineage_{lineage}, options_{options} {}

  void add(std::shared_ptr<proposal> made) { waiting_.push_back(std::move(made)); }
  /// Whether a proposal waits for its decision.
  [[nodiscard]] bool has_work() const noexcept { return !waiting_.empty() || !sent_.empty(); }

  /// What waits for its decision.
  [[nodiscard]] replication_pressure pressure(clock::time_point now) const;

  /// Whether there is a record to append next.
  [[nodiscard]] bool has_unsent() const noexcept { return current_ || !waiting_.empty(); }
  /// The record to append next: the one whose append has not succeeded yet, or a new one with this base. Null if
  /// nothing is proposed. It can be read without the lock.
  [[nodiscard]] std::shared_ptr<const sent_record> next(std::uint64_t base, const digest& head);
  /// Records what the append of that record returned. Returns how long to wait before it is appended again.
  std::chrono::milliseconds record_answer(const outcome<std::uint64_t>& answer);
  /// Gives up what has waited for too long. An append whose record may be in the log gets `errc::timeout`, another
  /// `errc::unavailable`.
  void give_up(clock::time_point now);

  /// Gives the proposals of an applied record their answers; those of one that has expired wait again. Throws
  /// `errc::diverged` if the record is not what was proposed, or if an acknowledged one is missing.
  void record_applied(applied_record applied);
  /// Answers all that wait with an error.
  void fail_all(const std::exception_ptr& why);

 private:
  static void refuse(proposal& to, const error& why);
  /// Fails the proposals of a list whose time is over, and removes them.
  template <class List>
  static void give_up(List& from, clock::time_point now, const error& why);
  void check_acknowledged(std::uint64_t position);

  const event_id lineage_;
  const replication_options& options_;
  std::deque<std::shared_ptr<proposal>> waiting_;
  std::shared_ptr<sent_record> current_;                   // the one that is being appended
  std::map<event_id, std::shared_ptr<sent_record>> sent_;  // that are not applied yet; the current one too
  std::map<std::uint64_t, event_id> acknowledged_;         // positions that the engine gave to records of sent_
  std::string last_problem_;                               // of the current record
};

}  // namespace quipu::detail::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../../impl/replication/detail/record_proposer.ipp"
#endif
