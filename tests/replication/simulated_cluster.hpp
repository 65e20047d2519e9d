// SPDX-License-Identifier: BSL-1.0
//
// simulated_cluster.hpp: three replicas over a log in memory, on simulated disks, in one thread. A seed decides what
// they propose and when they read, where their machines crash, and how the shared log misbehaves; so a schedule can be
// run again. What each append was told is compared with the logs at the end.
#pragma once

#include <quipu/replication/detail/record_applier.hpp>
#include <quipu/replication/detail/record_proposer.hpp>
#include <quipu/replication/detail/replica.hpp>
#include <quipu/replication/memory_shared_log.hpp>

#include "../journal/simulated_machine.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace replication_tests {

using simulation::seeded;

/// A promise that was broken, with the schedule that shows it.
struct broken_promise : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What schedules did. Each thing must have happened, or the simulation shows nothing.
struct cluster_counts {
  std::uint64_t schedules{};
  std::uint64_t records{};
  std::uint64_t acknowledged{};
  std::uint64_t refused{};
  std::uint64_t unknown{};
  std::uint64_t crashes{};
  std::uint64_t expired{};
  std::uint64_t repeated{};
  std::uint64_t applied_unread{};  ///< by their proposer, before it had read them
  std::uint64_t planted{};
  std::uint64_t noticed{};
};

struct numbered {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
  std::uint64_t number{};
};

/// An append that a program on one of the replicas made.
struct attempted {
  std::uint64_t number{};  ///< the payload; those that repeat a key have the same
  std::optional<std::uint64_t> expected_last{};
  bool is_keyed{};
  std::future<quipu::detail::decision> answer{};
};

/// A machine with its disk, its connection, and the replica that runs on it, if it runs.
struct simulated_replica {
  simulation::disk disk;
  std::unique_ptr<quipu::memory_shared_log> connection;
  std::unique_ptr<quipu::replica_log> log;
  std::unique_ptr<quipu::detail::record_applier> applier;
  std::unique_ptr<quipu::detail::record_proposer> proposer;
  bool has_diverged{};
};

/// The faults that a schedule has.
struct cluster_plan {
  bool buffered{};      ///< the replicas' own disks are not flushed for an append
  bool plants_fault{};  ///< the shared log loses or alters a record that a replica has applied
};

/// One schedule.
class simulated_cluster {
 public:
  simulated_cluster(std::uint64_t seed, const cluster_plan& plan, cluster_counts& counts);

  /// Runs all of it. Throws `broken_promise`.
  void run();

 private:
  static constexpr std::size_t replicas = 3;
  static constexpr std::uint64_t window = 6;  // so short that records expire

  [[nodiscard]] quipu::config settings_of(const simulated_replica& of) const;
  [[nodiscard]] quipu::shared_log_faults draw_faults();
  [[nodiscard]] simulated_replica& any() { return machines_[random_.below(replicas)]; }
  [[noreturn]] void fail(const std::string& what) const;

  void start(simulated_replica& on);
  void crash(simulated_replica& on);
  /// Calls, and if the machine stops meanwhile, restarts its disk. What else is thrown is a failure.
  template <class Call>
  void on_machine(simulated_replica& on, const Call& call);

  void propose(simulated_replica& on);
  void send(simulated_replica& on);
  void read(simulated_replica& on);
  void record_applied(simulated_replica& on, std::vector<quipu::detail::applied_record> applied);
  void step();
  void plant();

  void heal();
  void check_answers();
  void check_logs();
  void note_head(const simulated_replica& of);

  std::uint64_t seed_;
  cluster_plan plan_;
  cluster_counts& counts_;
  seeded random_;
  quipu::memory_shared_log shared_;
  std::array<simulated_replica, replicas> machines_;
  std::vector<attempted> attempts_;
  std::map<std::uint64_t, quipu::digest> heads_;  // by position, as the first replica had it
  std::set<std::uint64_t> with_effect_;  // positions of records that a replica has applied, and that added events
  bool is_planted_{};
};

}  // namespace replication_tests
