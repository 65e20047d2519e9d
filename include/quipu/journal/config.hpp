// SPDX-License-Identifier: BSL-1.0
//
// config.hpp: how a store is opened. Every field but `directory` has a default that suits most programs; a value that makes no sense is
// `errc::configuration`, and the message names the field.
#pragma once

#include "../core/error.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix_environment.hpp"
#include "../hash/digest.hpp"


#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace quipu {

/// Which durability an append has that doesn't ask for one.
enum class sync_mode : std::uint8_t { durable, buffered };

/// What becomes of other writers while a visibility fence is open.
enum class fence_policy : std::uint8_t {
  wait,    ///< they wait until it ends
  refuse,  ///< they are refused with `errc::busy`
};

/// How a damaged log is opened.
enum class open_policy : std::uint8_t {
  strict,   ///< not at all: damage is `errc::corrupt`
  salvage,  ///< for reading what is sound; what isn't is skipped, and told by `diagnostics()`
};

struct config {
  /// Where the log lives. It is made where it is missing. One writer at a time (`errc::locked`). A symbolic link
  /// in its place is refused.
  std::filesystem::path directory{};
  /// Whether a store that writes makes the store, and the directory, where there is none. Otherwise a missing store is
  /// `errc::not_found`, and nothing is created.
  bool create_if_missing{true};
  /// A segment is sealed, and the next begun, when it would grow beyond this. 4 KiB to 4 GiB. After a crash, opening reads as much as the last
  /// segment has; with many small ones it opens more files.
  std::uint64_t segment_max_bytes{std::uint64_t{32} << 20};
  /// The largest encoded event. 1 byte to 1 GiB.
  std::uint64_t payload_max_bytes{std::uint64_t{16} << 20};

  struct sync_config {
    sync_mode mode{sync_mode::durable};
    /// Buffered appends are flushed when so many events wait; 0 is never.
    std::uint64_t every_n_events{0};
    /// And when so much time has passed, by a thread that runs only once something was buffered; 0 is never. At most a day.
    std::uint64_t interval_ms{1000};
  } sync{};

  struct batch_config {
    std::size_t max_size{10'000};                         ///< events; 1 to 1,000,000
    std::uint64_t max_bytes{std::uint64_t{64} << 20};     ///< of their payloads; 1 byte to 1 GiB
  } batch{};

  struct writer_config {
    /// Buffered events are written to the file when there are so many bytes of them. 4 KiB to 64 MiB.
    std::uint64_t buffer_bytes{std::uint64_t{256} << 10};
    /// The file grows by so much at a time, so that a flush needn't wait for it to grow. At most 256 MiB.
    std::uint64_t preallocate_bytes{std::uint64_t{1} << 20};
    /// `try_submit` is a retry while `writer_pressure().utilization()` is so high. Over 0, at most 1.
    double retry_above{0.75};
    /// What such a retry says as its `max_attempts`; whoever retries counts. At least 1.
    std::uint32_t retry_attempts{10};
    /// What becomes of other writers while a visibility fence is open, unless the fence says otherwise.
    fence_policy fence{fence_policy::wait};
  } writer{};

  struct cache_config {
    /// A state is put into the cache when so many events were folded that the cached one, if there was one, lacked. At least 1.
    std::uint64_t put_after_events{1};
  } cache{};

  /// Whether a new store keeps a hash chain. An existing one goes on as it began.
  bool chain{true};
  /// 32 secret bytes that the hashes of a new store's chain are made with, and that whoever writes to it or verifies it must give
  /// (`errc::configuration`). Without it the store can be read, and nobody who alters the log can make a chain that passes. Kept outside of the directory; the
  /// key in use is derived from it and from the store's lineage, so one may serve many stores.
  std::optional<digest> chain_key{};
  /// With `open_policy::salvage`, a `read_only_store` reads of a damaged log what is sound, as it is at that moment. A batch may be there in part. Its
  /// states don't go into the cache. Nothing is changed in the log, and no store opens one so for writing (`errc::configuration`).
  open_policy open{open_policy::strict};
  /// What `head()` must be when the store is opened, or `errc::corrupt`: with a head that was kept elsewhere, a log that was cut or rolled back is
  /// found out. Takes the time of reading all events' hashes.
  std::optional<digest> expected_head{};
  /// Microseconds since the Unix epoch; the system's clock where it is empty. It mustn't call the store, and is
  /// called from any thread. Time never goes back in a log: one reading from the far future is the time of all later events.
  std::function<std::int64_t()> clock{};
  /// The world that the store works in; empty is `posix_environment`.
  std::shared_ptr<quipu::environment> environment{};

  /// Throws `errc::configuration`, with the field's name.
  void validate() const {
    if (directory.empty()) throw error{errc::configuration, "config.directory is empty"};
    if (directory.string().find('\0') != std::string::npos) throw error{errc::configuration, "config.directory contains a NUL"};
    within("segment_max_bytes", segment_max_bytes, 4096, std::uint64_t{4} << 30);
    within("payload_max_bytes", payload_max_bytes, 1, std::uint64_t{1} << 30);
    within("sync.interval_ms", sync.interval_ms, 0, 86'400'000);
    within("batch.max_size", batch.max_size, 1, 1'000'000);
    within("batch.max_bytes", batch.max_bytes, 1, std::uint64_t{1} << 30);
    within("writer.buffer_bytes", writer.buffer_bytes, 4096, std::uint64_t{64} << 20);
    within("writer.preallocate_bytes", writer.preallocate_bytes, 0, std::uint64_t{256} << 20);
    within("writer.retry_attempts", writer.retry_attempts, 1, UINT32_MAX);
    if (!(writer.retry_above > 0.0 && writer.retry_above <= 1.0)) throw error{errc::configuration, "config.writer.retry_above must be over 0, and at most 1"};
    if (writer.fence != fence_policy::wait && writer.fence != fence_policy::refuse)
      throw error{errc::configuration, "config.writer.fence is neither wait nor refuse"};
    within("cache.put_after_events", cache.put_after_events, 1, UINT64_MAX);
    if (open != open_policy::strict && open != open_policy::salvage)
      throw error{errc::configuration, "config.open is neither strict nor salvage"};
    if (sync.mode != sync_mode::durable && sync.mode != sync_mode::buffered)
      throw error{errc::configuration, "config.sync.mode is neither durable nor buffered"};
  }

 private:
  static void within(const char* field, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
    if (value >= least && value <= most) return;
    throw error{errc::configuration,
                std::string{"config."} + field + " must be from " + std::to_string(least) + " to " + std::to_string(most),
                {.expected = value < least ? least : most, .actual = value}};
  }
};

namespace detail {

/// The environment that a configuration names.
[[nodiscard]] inline std::shared_ptr<environment> environment_of(const config& settings) {
  return settings.environment ? settings.environment : posix_environment::shared();
}

[[nodiscard]] inline const config& validated(const config& chosen) {
  chosen.validate();
  return chosen;
}

/// As `validated`, for a store that writes.
[[nodiscard]] inline const config& validated_for_writing(const config& chosen) {
  chosen.validate();
  if (chosen.open == open_policy::salvage)
    throw error{errc::configuration, "config.open: what was salvaged can only be read, with a read_only_store", {.path = chosen.directory.string()}};
  return chosen;
}

/// What was salvaged isn't put into a cache, which others may have.
[[nodiscard]] inline config settings_for_reading(config chosen) {
  if (chosen.open == open_policy::salvage) chosen.cache.put_after_events = UINT64_MAX;
  return chosen;
}


}  // namespace detail
}  // namespace quipu
