// SPDX-License-Identifier: BSL-1.0
//
// record_applier.hpp: applies the records of a shared log to a replica's own log. What becomes of a record depends on
// the records before it and on nothing else, so that it is the same in all replicas:
//
//   A record counts only within `window` positions of its base, the position that its proposer had come to. Later it
//   has expired, and its proposer proposes again. So of a record that the log has twice, both lie within the window.
//   The second one is left out, because a replica remembers the ids of a window of records, or reads them again.
//   A proposal is decided as an append is. One that is refused leaves no trace: deciding it again gives the same.
//
// The events of a proposal and its place in the shared log are one commit. After a crash a replica goes on behind the
// last place that it finds.
//
// A record of this replica's own that was acknowledged with the next position is applied without reading it back. When
// it is read, it must be the same.
//
// Each record has its proposer's position and head. A replica compares them with its own before it applies the record,
// and throws `errc::diverged` if they differ: then the shared log has not kept what it acknowledged.
#pragma once

#include "../shared_log.hpp"
#include "record.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What was decided about a proposal: receipts, or the `quipu::error` by which it was refused.
struct decision {
  std::vector<receipt> receipts{};
  std::unique_ptr<error> refused{};
};

/// The receipts of a decision that is awaited. Throws the error by which it was refused: made for this thread alone.
[[nodiscard]] std::vector<receipt> receipts_of(std::future<decision>& answer);

struct applied_record {
  std::uint64_t position{};
  event_id id{};
  bool has_expired{};
  std::vector<decision> decisions{};  ///< one for each proposal; none if the record was left out
  std::span<const std::byte> content{};
};

/// Not thread-safe. After it threw, it must not be used again.
class record_applier {
 public:
  static constexpr std::uint64_t standard_window = 1024;

  /// Continues where the log's last event came from. `log` must outlive this. `window` must be the same in all
  /// replicas; tests have a short one.
  explicit record_applier(replica_log& log, std::uint64_t window = standard_window);

  /// The position of the record to read next. A new applier begins a window before the last place of its log.
  [[nodiscard]] std::uint64_t next_position() const noexcept { return read_ + 1; }
  /// The last position that was applied; 0 if none was.
  [[nodiscard]] std::uint64_t position() const noexcept { return heads_.empty() ? 0 : heads_.back().position; }
  /// The log's head at that position.
  [[nodiscard]] digest head() const noexcept { return heads_.empty() ? digest{} : heads_.back().head; }
  /// The position that the log had been brought to before this was made.
  [[nodiscard]] std::uint64_t resumed_position() const noexcept { return resumed_.position; }
  /// Whether a record with this id was applied. Knows a window of records.
  [[nodiscard]] bool has_applied(const event_id& id) const { return applied_ids_.contains(id); }

  /// Applies records, which come in order and from `next_position()` on, and keeps them. Throws `errc::diverged`,
  /// `errc::unsupported_format`, and what writing throws.
  [[nodiscard]] std::vector<applied_record> apply(std::span<const shared_record> records);
  /// Applies a record that the shared log has acknowledged to this replica, before it is read, and keeps it. Does
  /// nothing if records before it were not applied yet, or too many were not read: then `apply` gets it. Throws as
  /// `apply`.
  [[nodiscard]] std::vector<applied_record> apply_acknowledged(const shared_record& own);

 private:
  static constexpr std::size_t most_unread = 64;

  struct known_head {
    std::uint64_t position{};
    digest head{};
  };
  struct placed_record {
    std::uint64_t position{};
    std::uint64_t end{};  ///< the sequence after its last event
  };
  struct placed_proposal {
    std::size_t record{};
    std::size_t proposal{};
    placed_commit made{};
  };

  /// Throws `errc::diverged`.
  [[noreturn]] void diverge(const std::string& what, std::uint64_t position) const;
  void check_founding(const record& from, std::uint64_t position);
  /// The record of the last event must be the one that it was made from.
  void check_resumed(const record& from) const;
  void check_base(const record& from, std::uint64_t position, std::vector<applied_record>& done);

  void apply_one(const shared_record& each, std::vector<applied_record>& done);
  /// Whether a record was applied before it was read.
  [[nodiscard]] bool confirm(const shared_record& read);
  [[nodiscard]] decision decide(bytes_view proposal, replica_commit as, placed_commit& made);
  void remember(const event_id& id, std::uint64_t position);
  /// Writes what was placed, completes its receipts, and computes the heads.
  void settle(std::vector<applied_record>& done);

  replica_log& log_;
  const std::uint64_t window_;
  shared_place resumed_{};            ///< the last place in the log when it was opened
  std::uint64_t end_{};               ///< the sequence of the next event
  std::uint64_t read_{};              ///< the position of the record that was read last
  std::deque<shared_record> unread_;  // those that were applied and not read yet; the first one is the next to read
  std::deque<known_head> heads_;
  std::map<event_id, std::uint64_t> applied_ids_;
  std::map<std::uint64_t, event_id> applied_positions_;
  std::vector<placed_record> placed_records_;      // whose heads are not known yet
  std::vector<placed_proposal> placed_proposals_;  // whose receipts are not complete yet
};

}  // namespace quipu::detail::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../../impl/replication/detail/record_applier.ipp"
#endif
