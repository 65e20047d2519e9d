// SPDX-License-Identifier: BSL-1.0
//
// replica.hpp: a replica at work: one thread reads the shared log and applies its records, another appends what is
// proposed. A caller that waits for its append does both itself where nothing else is being appended: handing over to
// those threads and back costs more than the work.
#pragma once

#include "../replication_options.hpp"
#include "../shared_log.hpp"
#include "record_applier.hpp"
#include "record_proposer.hpp"

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

/// Founds the log for a store, if it is empty. Returns whether the log begins just behind what the store has. Throws
/// `errc::unavailable`.
[[nodiscard]] bool found_log(shared_log& log, replica_log& store, std::chrono::milliseconds patience);
/// As `found_log` returns, as far as that can be seen now.
[[nodiscard]] bool begins_behind(shared_log& log, replica_log& store);

/// All members are thread-safe, except construction and destruction.
class replica {
 public:
  /// Who appends a proposal to the shared log.
  enum class sender : std::uint8_t {
    replica,  ///< a thread of the replica's
    caller,   ///< the calling thread, if nobody else appends at the moment
  };

  /// Throws `errc::trimmed` and `errc::diverged` if the shared log can be reached and shows that at once.
  replica(std::unique_ptr<replica_log> own, std::shared_ptr<shared_log> shared, const replication_options& options);
  replica(const replica&) = delete;
  replica& operator=(const replica&) = delete;
  ~replica() { close(); }

  /// Proposes entries as one commit. The future has what was decided. Throws what `replica_log::check` throws, and what
  /// has ended the replica.
  [[nodiscard]] std::future<decision> propose(std::span<const append_entry> entries, sender by);
  /// Returns when everything is applied that the shared log had at the call. Throws `errc::unavailable`, and what has
  /// ended the replica.
  void sync();

  struct status {
    std::uint64_t position{};
    digest head{};
    std::exception_ptr ended{};
  };
  [[nodiscard]] status now() const;
  [[nodiscard]] replication_pressure pressure() const;
  /// Removes records of the shared log that a store which has come to `position` has no use for.
  void trim(std::uint64_t position);
  /// Ends the threads, and with `errc::closed` what waits. The replica's own log stays open.
  void close() noexcept;

 private:
  using clock = std::chrono::steady_clock;

  void check_reach();
  /// Throws `errc::diverged` if the shared log ends before what it had given this replica before it was asked.
  void check_end(const shared_log_extent& extent, std::uint64_t given) const;
  void check_running() const;

  void follow() noexcept;
  void read_some(std::uint64_t& quiet_reads);
  /// Calls what applies records, one call at a time, and gives proposals their answers.
  template <class Call>
  void apply(const Call& call) noexcept;

  struct sent_and_answered {
    std::shared_ptr<const sent_record> record{};
    outcome<std::uint64_t> answer;
    std::chrono::milliseconds pause{};  ///< how long to wait before the next one
  };
  [[nodiscard]] bool can_send() const { return !is_sending_ && position_ != 0 && proposer_.has_unsent(); }
  void send() noexcept;
  void send_as_caller(std::unique_lock<std::mutex>& lock) noexcept;
  /// Appends the next record of the queue, without the lock meanwhile.
  sent_and_answered send_next(std::unique_lock<std::mutex>& lock);
  void end(std::exception_ptr why) noexcept;

  const replication_options options_;
  const std::unique_ptr<replica_log> own_;
  const std::shared_ptr<shared_log> shared_;
  std::mutex applying_;     // locked before the other one
  record_applier applier_;  // guarded by it; what has been read is known to the following thread alone
  mutable std::mutex mutex_;
  std::condition_variable applied_;
  std::condition_variable to_send_;
  record_proposer proposer_;  // this and what follows is guarded by the mutex
  std::uint64_t position_{};
  digest head_{};
  std::exception_ptr ended_{};
  bool is_sending_{};
  std::thread following_;
  std::thread sending_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../../impl/replication/detail/replica.ipp"
#endif
