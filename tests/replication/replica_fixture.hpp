// SPDX-License-Identifier: BSL-1.0
//
// replica_fixture.hpp: replicas over a log in memory, each with a disk in memory of its own.
#pragma once

#include <quipu/replication/memory_shared_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace replication_tests {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

/// The disk of a machine, which outlives the replica that runs on it.
struct machine {
  std::shared_ptr<quipu::environment> world = std::make_shared<quipu::memory_environment>();

  [[nodiscard]] quipu::config settings() const { return {.directory = "replica", .environment = world}; }
};

inline quipu::replication_options impatient() {
  return {.unavailable_after = std::chrono::milliseconds{300}, .read_wait = std::chrono::milliseconds{10}};
}

inline quipu::replication_options patient() { return {.read_wait = std::chrono::milliseconds{10}}; }

struct cluster {
  std::shared_ptr<quipu::memory_shared_log> log = std::make_shared<quipu::memory_shared_log>();

  [[nodiscard]] std::shared_ptr<quipu::memory_shared_log> connect(const quipu::shared_log_faults& faults = {}) const {
    return std::make_shared<quipu::memory_shared_log>(*log, faults);
  }
  [[nodiscard]] quipu::replicated_store open(const machine& on) const { return {on.settings(), connect(), patient()}; }
};

inline const quipu::coordinate alice{"account:alice", "branch:zurich"};
inline const quipu::coordinate bob{"account:bob", "branch:bern"};

template <class Call>
quipu::errc code_thrown_by(Call&& call) {
  try {
    call();
  } catch (const quipu::error& failure) {
    return failure.code();
  }
  return quipu::errc{};
}

}  // namespace replication_tests
