// SPDX-License-Identifier: BSL-1.0
//
// file_cache.hpp: a cache of one file per key that survives the process and may be shared by several.
//
//   <root>/<first two hex digits>/<hex of key>.bin
//
// The folder may be deleted, in part or as a whole, at any time; a missing entry is a miss. An entry that is damaged,
// cut off, too long, or of another key or format is a miss, and its file is removed. Symbolic links are refused at the
// root, at a shard and at an entry, and so is anything that is not a regular file. Everything is opened relative to the
// descriptor of the root, so nothing that is swapped in while the cache runs leads out of it. The checksum finds
// damage, not malice: whoever can write the folder can write entries.
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

/// A handle: copies share one descriptor, one spare file and one set of counts. All members may be called from several
/// threads at once; any number of processes may use one folder. A reader sees an entry as it was put or as it was
/// before, never a mix.
class file_cache {
 public:
  /// Keys over this size are refused with `errc::invalid_argument`.
  static constexpr std::size_t max_key_bytes = 1900;
  /// Values over this size are refused with `errc::invalid_argument`.
  static constexpr std::uint64_t max_value_bytes = std::uint64_t{1} << 30;

  /// Opens the folder, and creates it and its missing parents. Throws `errc::invalid_argument` for an empty path, and
  /// `errc::cache_failed` where the root is a symbolic link, is not a directory or cannot be opened.
  explicit file_cache(const std::filesystem::path& root);

  /// Supports prefetching: the system can be told to read ahead.
  [[nodiscard]] cache_capabilities capabilities() const noexcept {
    return {.supports_prefetch = true, .is_noop = false};
  }

  /// The entry of `key`, or nothing. Throws `errc::cache_failed` for an I/O error, a symbolic link, or something that
  /// is not a regular file, and `errc::invalid_argument` for a key that is too long.
  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const;
  /// As `get`, into a buffer that the caller reuses. After a miss, `value` is unspecified.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const;
  /// Replaces the entry. It is not flushed: after a power failure it may be a miss or an older entry of the same key.
  /// Throws `errc::cache_failed` (the old entry is still there), and `errc::invalid_argument` for a key or a value that
  /// is too long.
  void put(bytes_view key, bytes_view value, cache_meta meta);
  /// Removes every entry whose key starts with `prefix`, damaged ones included, and returns how many files were
  /// removed. The empty prefix reads all the folders; another one reads one in 256. Throws `errc::cache_failed`; then
  /// some may have been removed.
  std::uint64_t delete_prefix(bytes_view prefix);
  /// Asks the system to have the entry of `key` in memory soon. Worth it for entries that are read some way ahead, many
  /// at once: announcing costs about as much as reading an entry that is in memory. Never fails; an entry that cannot
  /// be announced is found out when it is read.
  void prefetch(bytes_view key, cache_meta predicted) const noexcept;
  /// Puts what was put on stable storage, by flushing the whole file system that holds the folder. Throws
  /// `errc::cache_failed`.
  void sync();
  [[nodiscard]] cache_stats stats() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE
