// SPDX-License-Identifier: BSL-1.0
//
// file_cache.hpp: a persistent cache with one file per key. Several processes may share one folder.
//
//   <root>/<first two hex digits>/<hex of key>.bin
//
// The folder may be deleted at any time, in part or as a whole; a missing entry is a miss. An entry that is damaged,
// truncated, too long, or of another key or format is a miss, and its file is removed.
//
// Security: symbolic links and files that are not regular are refused at the root, at a shard and at an entry.
// Everything is opened relative to the descriptor of the root. The checksum detects damage, not manipulation: a process
// that can write to the folder can forge entries.
#pragma once

#include "../core/bytes.hpp"
#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// A handle: copies share one descriptor, one spare file and one set of statistics. All members are thread-safe, and
/// several processes may use one folder. A reader sees either the new or the old value of an entry, never a mix.
class file_cache {
 public:
  /// Maximum size of a key in bytes. A longer key is `errc::invalid_argument`.
  static constexpr std::size_t max_key_bytes = 1900;
  /// Maximum size of a value in bytes. A longer value is `errc::invalid_argument`.
  static constexpr std::uint64_t max_value_bytes = std::uint64_t{1} << 30;

  /// Opens the folder; creates it and its missing parents. Throws `errc::invalid_argument` for an empty path, and
  /// `errc::cache_failed` if the root is a symbolic link, is not a directory or cannot be opened.
  explicit file_cache(const std::filesystem::path& root);

  /// Reports support for prefetching.
  [[nodiscard]] cache_capabilities capabilities() const noexcept {
    return {.supports_prefetch = true, .is_noop = false};
  }

  /// Returns the entry of `key`, or nothing. Throws `errc::cache_failed` for an I/O error, a symbolic link or a file
  /// that is not regular, and `errc::invalid_argument` for a key that is too long.
  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const;
  /// Like `get`, but reads into a buffer that the caller reuses. Returns false on a miss; `value` is then unspecified.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const;
  /// Replaces the entry. The entry is not flushed: after a power failure it may be missing or an older entry of the
  /// key. Throws `errc::cache_failed` (the old entry remains), and `errc::invalid_argument` for a key or a value that
  /// is too long.
  void put(bytes_view key, bytes_view value, cache_meta meta);
  /// Removes every entry whose key starts with `prefix`, including damaged ones, and the spare file of this object,
  /// which may have an earlier value of such an entry. Returns the number of removed entries. An empty prefix lists all
  /// shards, another one lists one of 256. Throws `errc::cache_failed`; some entries may then have been removed.
  std::uint64_t delete_prefix(bytes_view prefix);
  /// Asks the system to read the entry of `key` into memory. This pays off for many entries that are read later: it
  /// costs about as much as reading an entry that is already in memory. Never fails.
  void prefetch(bytes_view key, cache_meta predicted) const noexcept;
  /// Flushes the file system that holds the folder, so that earlier entries are on stable storage. Throws
  /// `errc::cache_failed`.
  void sync();
  [[nodiscard]] cache_stats stats() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE
