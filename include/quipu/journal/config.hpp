// SPDX-License-Identifier: BSL-1.0
//
// config.hpp: how a store is opened. Every field but `directory` has a default that suits most programs; a value that
// makes no sense is `errc::configuration`, and the message names the field.
#pragma once

#include "../core/error.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix_environment.hpp"
#include "../hash/digest.hpp"
#include "../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace quipu::inline QUIPU_MODE {

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
  /// A segment is sealed, and the next begun, when it would grow beyond this. 4 KiB to 4 GiB. After a crash, opening
  /// reads as much as the last segment has; with many small ones it opens more files.
  std::uint64_t segment_max_bytes{std::uint64_t{32} << 20};
  /// The largest encoded event. 1 byte to 1 GiB.
  std::uint64_t payload_max_bytes{std::uint64_t{16} << 20};

  struct sync_config {
    sync_mode mode{sync_mode::durable};
    /// Buffered appends are flushed when so many events wait; 0 is never.
    std::uint64_t every_n_events{0};
    /// And when so much time has passed, by a thread that runs only once something was buffered; 0 is never. At most a
    /// day.
    std::uint64_t interval_ms{1000};
  } sync{};

  struct batch_config {
    std::size_t max_size{10'000};                      ///< events; 1 to 1,000,000
    std::uint64_t max_bytes{std::uint64_t{64} << 20};  ///< of their payloads; 1 byte to 1 GiB
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
    /// A state is put into the cache when so many events were folded that the cached one, if there was one, lacked. At
    /// least 1.
    std::uint64_t put_after_events{1};
  } cache{};

  /// Whether a new store keeps a hash chain. An existing one goes on as it began.
  bool chain{true};
  /// 32 secret bytes that the hashes of a new store's chain are made with, and that whoever writes to it or verifies it
  /// must give
  /// (`errc::configuration`). Without it the store can be read, and nobody who alters the log can make a chain that
  /// passes. Kept outside of the directory; the key in use is derived from it and from the store's lineage, so one may
  /// serve many stores.
  std::optional<digest> chain_key{};
  /// With `open_policy::salvage`, a `read_only_store` reads of a damaged log what is sound, as it is at that moment. A
  /// batch may be there in part. Its states don't go into the cache. Nothing is changed in the log, and no store opens
  /// one so for writing (`errc::configuration`).
  open_policy open{open_policy::strict};
  /// What `head()` must be when the store is opened, or `errc::corrupt`: with a head that was kept elsewhere, a log
  /// that was cut or rolled back is found out. Takes the time of reading all events' hashes.
  std::optional<digest> expected_head{};
  /// Microseconds since the Unix epoch; the system's clock where it is empty. It mustn't call the store, and is
  /// called from any thread. Time never goes back in a log: one reading from the far future is the time of all later
  /// events.
  std::function<std::int64_t()> clock{};
  /// The world that the store works in; empty is `posix_environment`.
  std::shared_ptr<quipu::environment> environment{};

  /// Throws `errc::configuration`, with the field's name.
  void validate() const;

 private:
  static void within(const char* field, std::uint64_t value, std::uint64_t least, std::uint64_t most);
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// The environment that a configuration names.
[[nodiscard]] std::shared_ptr<environment> environment_of(const config& settings);

[[nodiscard]] const config& validated(const config& chosen);

/// As `validated`, for a store that writes.
[[nodiscard]] const config& validated_for_writing(const config& chosen);

/// What was salvaged isn't put into a cache, which others may have.
[[nodiscard]] config settings_for_reading(config chosen);

}  // namespace quipu::detail::inline QUIPU_MODE
