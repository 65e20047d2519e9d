// SPDX-License-Identifier: BSL-1.0
//
// postgres_log.hpp: a shared log in a table of PostgreSQL. Needs the library libpq (Debian: libpq-dev) and a server,
// version 12 or newer. CMake: the component and target `quipu::postgres`.
//
// An append returns when its transaction is committed with `synchronous_commit` on: the record is on the server's disk
// and, where `synchronous_standby_names` is set, on those standbys. docs/replication_engines.md has the settings and
// what happens in each failure.
#pragma once

#include "shared_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace quipu::inline QUIPU_MODE {

struct postgres_options {
  std::chrono::milliseconds timeout{5'000};  ///< the longest time that a member waits for the server
};

/// A table of PostgreSQL as a shared log; see `shared_log` for what its members return. Two tables are made when they
/// are first used: NAME has the records, and NAME_extent a row with the first and the last position. Each append locks
/// that row until its transaction is committed, so transactions commit in the order of their positions, and positions
/// have no gaps. Ids are known for as long as their records are in the table.
///
/// Connects when it is used, and again after a connection is lost. `read` waits with LISTEN; appends NOTIFY on the
/// channel `quipu_NAME`. A program that has read and does not read again for days should destroy the object: the server
/// keeps notifications for it. Thread-safe; a waiting `read` keeps no other member waiting.
class postgres_log final : public shared_log {
 public:
  /// `connection` is a connection string or URI of libpq: `postgresql://user@host/database`. `table` is a name of at
  /// most 40 lower-case letters, digits and `_`, and begins with a letter. Does not connect. Throws
  /// `errc::configuration` if an argument is not valid.
  explicit postgres_log(std::string connection, std::string table, postgres_options options = {});
  QUIPU_DECL ~postgres_log() override;

  postgres_log(const postgres_log&) = delete;
  postgres_log& operator=(const postgres_log&) = delete;

  QUIPU_DECL outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id) override;
  QUIPU_DECL outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit,
                                                      std::chrono::milliseconds wait) override;
  QUIPU_DECL outcome<shared_log_extent> extent() override;
  QUIPU_DECL outcome<void> trim(std::uint64_t below) override;

 private:
  class session;
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../impl/replication/postgres_log.ipp"
#endif
