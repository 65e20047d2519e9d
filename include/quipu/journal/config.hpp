// SPDX-License-Identifier: BSL-1.0
//
// config.hpp: how a store is opened. Every field but `directory` has a default that suits most programs. Opening throws
// `errc::configuration` for an invalid value; the message names the field.
#pragma once

#include "../core/error.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix_environment.hpp"
#include "../hash/digest.hpp"
#include "../macros.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace quipu::inline QUIPU_MODE {

class observer;

/// Default durability of appends.
enum class sync_mode : std::uint8_t { durable, buffered };

/// How other writers are treated while a visibility fence is open.
enum class fence_policy : std::uint8_t {
  wait,    ///< they wait until the fence ends
  refuse,  ///< they get `errc::busy`
};

/// What a failure of the cache does, such as a full disk or a folder that can't be written.
enum class cache_failure : std::uint8_t {
  fold,    ///< it costs time: the state is folded from the log, and `diagnostics()` counts and names the failure
  refuse,  ///< projecting throws it
};

/// How a damaged log is opened.
enum class open_policy : std::uint8_t {
  strict,   ///< damage is `errc::corrupt`, and the log is not opened
  salvage,  ///< what is sound can be read; damage is skipped and reported by `diagnostics()`
};

struct config {
  /// Directory of the log; see `create_if_missing`. One writer at a time (`errc::locked`). A symbolic link in its place
  /// is refused. A `~` in it is not expanded.
  std::filesystem::path directory{};
  /// Whether `store` creates a missing directory, with its parents, and an empty log in it. Otherwise a missing store
  /// is `errc::not_found`, and nothing is created. A log is never created among other files: a directory that has files
  /// and no store is `errc::not_found` in any case (a mount point's `lost+found` doesn't count).
  bool create_if_missing{true};
  /// Whether `store` refuses a directory that has a store already (`errc::configuration`): it is to create a new one.
  bool error_if_exists{false};
  /// Whether `store` may open the log of a `replicated_store`, which is `errc::configuration` otherwise. The log has
  /// then left replication: a `replicated_store` refuses it (`errc::diverged`), unless it is told to found a new shared
  /// log with it. It has not left if opening throws. No effect on other logs.
  bool leave_replication{false};
  /// A segment is sealed before it would exceed this size, and the next one begins. 4 KiB to 4 GiB. A commit that is
  /// larger gets a segment of its own. After a crash, opening reads the last segment; many small segments cost more
  /// open files and mappings. With more than about 24,500 segments (vm.max_map_count), the others are read into memory:
  /// `compaction::merge()` makes fewer of them.
  std::uint64_t segment_max_bytes{std::uint64_t{32} << 20};
  /// Maximal size of an encoded event. 1 byte to 1 GiB.
  std::uint64_t payload_max_bytes{std::uint64_t{16} << 20};

  struct sync_config {
    sync_mode mode{sync_mode::durable};
    /// Buffered events are flushed when this many wait; 0 is never.
    std::uint64_t every_n_events{0};
    /// Buffered events are also flushed at this interval, by a thread that is started by the first buffered append; 0
    /// is never. At most a day. While the system refuses that thread, each buffered append flushes.
    std::uint64_t interval_ms{1000};
  } sync{};

  struct batch_config {
    std::size_t max_size{10'000};                      ///< number of events; 1 to 1,000,000
    std::uint64_t max_bytes{std::uint64_t{64} << 20};  ///< size of all payloads; 1 byte to 1 GiB
  } batch{};

  struct writer_config {
    /// Buffered events are written to the file when they reach this size. 4 KiB to 64 MiB.
    std::uint64_t buffer_bytes{std::uint64_t{256} << 10};
    /// The file grows by this much at a time, because flushing is slower while a file grows; by less where the device
    /// or a limit has less room. At most 256 MiB.
    std::uint64_t preallocate_bytes{std::uint64_t{1} << 20};
    /// `try_submit` returns a retry while `writer_pressure().utilization()` is at least this. Over 0, at most 1.
    double retry_above{0.75};
    /// The `max_attempts` of such a retry; the caller counts attempts. At least 1.
    std::uint32_t retry_attempts{10};
    /// How other writers are treated while a visibility fence is open, unless the fence has an option of its own.
    fence_policy fence{fence_policy::wait};
  } writer{};

  struct cache_config {
    /// A state is put into the cache if at least this many events were folded since the cached state. At least 1.
    std::uint64_t put_after_events{1};
    /// What a failure of the cache does. With `cache_failure::fold`, after eight failures in a row the cache is left
    /// alone for a second, and then tried again.
    cache_failure on_failure{cache_failure::fold};
  } cache{};

  /// Whether a new store has a hash chain. An existing store stays as it was created.
  bool chain{true};
  /// A secret of 32 bytes for the hashes of a new store's chain. Writing to the store and verifying it then require the
  /// same secret (`errc::configuration`); reading does not. Without the secret, an attacker who alters the log cannot
  /// make a valid chain. Keep it outside of the directory. Several stores may share a secret: the key in use is derived
  /// from it and the store's lineage.
  std::optional<digest> chain_key{};
  /// With `open_policy::salvage`, a `read_only_store` reads what is sound of a damaged log, as it is at that moment.
  /// Batches may be incomplete, and projected states are not cached. The log is not changed. `store` refuses this
  /// policy (`errc::configuration`).
  open_policy open{open_policy::strict};
  /// The expected `head()`; if it differs, opening throws `errc::corrupt`. A head that was kept elsewhere detects a log
  /// that was cut or rolled back. Opening then reads the hashes of all events.
  std::optional<digest> expected_head{};
  /// Returns microseconds since the Unix epoch; empty is the environment's clock. Called from any thread; must not call
  /// the store. Time never goes back in a log: after one reading from the far future, all later events have that time.
  /// `max_clock_advance` does not apply to it.
  std::function<std::int64_t()> clock{};
  /// How far the environment's clock may come ahead of its steady clock while the store is open. A reading that is
  /// further ahead is not used: events are dated on by the steady clock, until the clock has agreed with its jump for
  /// as long as this. `diagnostics()` counts such readings. The first reading after opening is believed. 0 believes
  /// every reading; at most 365 days.
  std::chrono::milliseconds max_clock_advance{3'600'000};
  /// Files, lock, clock and random bytes; empty is `posix_environment`.
  std::shared_ptr<quipu::environment> environment{};
  /// Receives reports of what the store does and how long it takes. Empty: nothing is reported.
  std::shared_ptr<quipu::observer> observer{};

  /// Throws `errc::configuration` with the name of the first invalid field.
  void validate() const;

 private:
  static void within(const char* field, std::uint64_t value, std::uint64_t least, std::uint64_t most);
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// The environment of a configuration, or the process's `posix_environment`.
[[nodiscard]] std::shared_ptr<environment> environment_of(const config& settings);

[[nodiscard]] const config& validated(const config& chosen);

/// As `validated`; also refuses what only readers may use.
[[nodiscard]] const config& validated_for_writing(const config& chosen);

/// The settings of a store that reads. A salvaging one never fills caches, which other stores may share.
[[nodiscard]] config settings_for_reading(config chosen);

}  // namespace quipu::detail::inline QUIPU_MODE
