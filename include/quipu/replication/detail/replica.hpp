// SPDX-License-Identifier: BSL-1.0
//
// replica.hpp: a replica at work: one thread reads the shared log and applies its records, another appends what is
// proposed.
#pragma once

#include "../replication_options.hpp"
#include "../shared_log.hpp"
#include "record_applier.hpp"
#include "record_proposer.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The lineage of the stores that a shared log is of. Founds the log if it is empty. Throws `errc::unavailable`,
/// `errc::trimmed`, and `errc::not_found` for a log whose replicas have events that are not in it.
[[nodiscard]] event_id lineage_of(shared_log& log, std::chrono::milliseconds patience);

/// Founds the log for a store, if it is empty. Throws `errc::unavailable`.
void found_log(shared_log& log, replica_log& store, std::chrono::milliseconds patience);
/// Whether the log begins just behind what the store has, as far as that can be seen now.
[[nodiscard]] bool begins_behind(shared_log& log, replica_log& store);

/// All members are thread-safe, except construction and destruction.
class replica {
 public:
  /// Throws `errc::trimmed` and `errc::diverged` if the shared log can be reached and shows that at once.
  replica(std::unique_ptr<replica_log> own, std::shared_ptr<shared_log> shared, const replication_options& options);
  replica(const replica&) = delete;
  replica& operator=(const replica&) = delete;
  ~replica() { close(); }

  [[nodiscard]] replica_log& own() noexcept { return *own_; }

  /// Proposes entries as one commit. The future has what was decided. Throws what `replica_log::check` throws, and what
  /// has ended the replica.
  [[nodiscard]] std::future<std::vector<receipt>> propose(std::span<const append_entry> entries);
  /// Returns when everything is applied that the shared log had at the call. Throws `errc::unavailable`, and what has
  /// ended the replica.
  void sync();

  struct status {
    std::uint64_t position{};
    digest head{};
    std::exception_ptr ended{};
  };
  [[nodiscard]] status now() const;
  /// Removes records of the shared log that a store which has come to `position` has no use for.
  void trim(std::uint64_t position);
  /// Ends the threads, and with `errc::closed` what waits. The replica's own log stays open.
  void close() noexcept;

 private:
  using clock = std::chrono::steady_clock;

  void check_reach();
  /// Throws `errc::diverged` if the shared log ends before what it gave this replica.
  void check_end(const shared_log_extent& extent) const;
  void check_running() const;

  void follow() noexcept;
  void read_some(std::uint64_t& quiet_reads);
  void send() noexcept;
  void end(std::exception_ptr why) noexcept;

  const replication_options options_;
  const std::unique_ptr<replica_log> own_;
  const std::shared_ptr<shared_log> shared_;
  record_applier applier_;  // of the following thread
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  record_proposer proposer_;  // this and what follows is guarded by the mutex
  std::uint64_t position_{};
  digest head_{};
  std::exception_ptr ended_{};
  std::atomic<bool> stop_{false};
  std::thread following_;
  std::thread sending_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../../impl/replication/detail/replica.ipp"
#endif
