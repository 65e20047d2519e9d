// SPDX-License-Identifier: BSL-1.0
//
// jetstream_log.hpp: a shared log in a stream of NATS JetStream. Needs the library libnats (Debian: libnats-dev) and
// a server `nats-server` with JetStream. CMake: the component and target `quipu::jetstream`.
//
// Durability is the servers' setting. A JetStream server acknowledges a record when it has written it to its file, and
// flushes the file every two minutes, unless its configuration says `jetstream { sync_interval: always }`. Without it a
// power cut can take acknowledged records from a server; with several replicas of the stream they are lost if that
// happens to most of them. docs/replication_engines.md has the settings and what happens in each failure.
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

/// Where the servers keep a stream.
enum class jetstream_storage : std::uint8_t {
  file = 0,    ///< in a file
  memory = 1,  ///< in memory: a record is lost when the last server that has it stops
};

/// How a stream is made, and how long its servers are waited for. A stream that exists keeps its replicas, storage and
/// window.
struct jetstream_options {
  unsigned replicas{1};  ///< number of servers that keep the stream: 1, 3 or 5
  jetstream_storage storage{jetstream_storage::file};
  std::chrono::milliseconds repeat_window{120'000};  ///< for how long the servers know the ids of records
  std::chrono::milliseconds timeout{2'000};          ///< the longest time that a member waits for the servers
  std::string ca_file{};  ///< for `tls://`: the certificates that servers' certificates are checked with; the system's
                          ///< if empty
};

/// A stream of NATS JetStream as a shared log; see `shared_log` for what its members return. A record's position is its
/// sequence number in the stream: positions have no gaps, and `read` returns `errc::corrupt` if records in the middle
/// of the stream are missing.
///
/// Connects in the background, and again whenever the connection is lost. The stream is made when it is first used.
/// Thread-safe; a waiting `read` keeps no other member waiting.
class jetstream_log final : public shared_log {
 public:
  /// `url` is the address of a server, or of several of a cluster with commas between them: `nats://host:port`. It may
  /// have a name and a password, or a token: `nats://name:password@host:port`. With `tls://` instead of `nats://`,
  /// connections are encrypted, and a server must have a certificate for its host. `stream` is the stream's name, of
  /// letters, digits, `-` and `_`; its records have the subject `quipu.` and that name. Waits up to `timeout` for a
  /// server, and goes on without one. Throws `errc::configuration` if an argument is not valid.
  explicit jetstream_log(const std::string& url, std::string stream, jetstream_options options = {});
  QUIPU_DECL ~jetstream_log() override;

  jetstream_log(const jetstream_log&) = delete;
  jetstream_log& operator=(const jetstream_log&) = delete;

  QUIPU_DECL outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id) override;
  QUIPU_DECL outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit,
                                                      std::chrono::milliseconds wait) override;
  /// Asks the leader of the stream; a new one of a cluster twice, with a quarter of a second in between, because at
  /// first it may not know the last records yet. A leader that was cut off from the other servers answers for some
  /// seconds more, and then does not know what they have accepted.
  QUIPU_DECL outcome<shared_log_extent> extent() override;
  QUIPU_DECL outcome<void> trim(std::uint64_t below) override;

 private:
  class servers;
  class reader;
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../impl/replication/jetstream_log.ipp"
#endif
