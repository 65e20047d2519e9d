// SPDX-License-Identifier: BSL-1.0
//
// entry_file.hpp: reads and writes the file of one entry of the file cache. docs/cache.md specifies the format.
//
// A writer replaces an entry by exchanging its name with that of a spare file; the old entry becomes the next spare. A
// slow reader may therefore have a file open that a writer overwrites. The stamp detects this: a writer clears it first
// and writes the new one last, and a reader compares it before and after reading the rest.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../hash/crc32c.hpp"
#include "../../macros.hpp"
#include "../projection_cache.hpp"
#include "entry_name.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr std::array<char, 8> entry_magic{'Q', 'P', 'U', 'C', 'A', 'C', 'H', 'E'};
inline constexpr std::uint32_t entry_format_version = 1;

/// Larger values are refused by `put`, and treated as damage in a file.
inline constexpr std::uint64_t entry_value_max_bytes = std::uint64_t{1} << 30;

/// The header of an entry's file; the key and the value follow it and end the file.
struct entry_layout {
  static constexpr field<std::array<char, 8>> magic{0};
  static constexpr field<std::uint32_t> version{8};
  static constexpr field<std::uint32_t> checksum{12};  ///< CRC-32C of all other bytes of the file
  static constexpr field<std::uint64_t> writing{16};   ///< different in each writing
  static constexpr field<std::uint64_t> watermark{24};
  static constexpr field<std::int64_t> cached_at_us{32};
  static constexpr field<std::uint64_t> key_size{40};
  static constexpr field<std::uint64_t> value_size{48};
  static constexpr std::size_t header_size = 56;
  /// The stamp is everything up to `writing`. It must be the same before and after a read.
  static constexpr std::size_t stamp_size = writing.end();
};
static_assert(fields_fill(0, entry_layout::header_size, entry_layout::magic, entry_layout::version,
                          entry_layout::checksum, entry_layout::writing, entry_layout::watermark,
                          entry_layout::cached_at_us, entry_layout::key_size, entry_layout::value_size));

/// The checksum of an entry; `head` is header and key.
[[nodiscard]] inline std::uint32_t entry_checksum(bytes_view head, bytes_view value) noexcept {
  const std::uint32_t before = crc32c(head.subview(0, entry_layout::checksum.offset));
  return crc32c(value, crc32c(head.subview(entry_layout::checksum.end()), before));
}

/// Writes header and key to `to`, which has room for `header_size + key.size()`. `writing` must differ in each call.
inline void encode_entry_head(std::byte* to, bytes_view key, bytes_view value, cache_meta meta,
                              std::uint64_t writing) noexcept {
  entry_layout::magic.store(to, entry_magic);
  entry_layout::version.store(to, entry_format_version);
  entry_layout::writing.store(to, writing);
  entry_layout::watermark.store(to, meta.watermark);
  entry_layout::cached_at_us.store(to, meta.cached_at_us);
  entry_layout::key_size.store(to, key.size());
  entry_layout::value_size.store(to, value.size());
  if (!key.empty()) std::memcpy(to + entry_layout::header_size, key.data(), key.size());
  entry_layout::checksum.store(to, entry_checksum({to, entry_layout::header_size + key.size()}, value));
}

/// Returns true if header and key belong to an entry of `key` with a value of `value_size` bytes. Does not verify the
/// checksum.
[[nodiscard]] inline bool entry_head_fits(bytes_view head, bytes_view key, std::uint64_t value_size) noexcept {
  return entry_layout::magic.load(head.data()) == entry_magic &&
         entry_layout::version.load(head.data()) == entry_format_version &&
         entry_layout::key_size.load(head.data()) == key.size() &&
         entry_layout::value_size.load(head.data()) == value_size && head.subview(entry_layout::header_size) == key;
}

/// Identifies a file that is not a valid entry. Two equal observations mean damage, not a write in progress.
struct entry_observation {
  dev_t device{};
  ino_t inode{};
  off_t size{};
  std::byte stamp[entry_layout::stamp_size]{};

  friend bool operator==(const entry_observation& left, const entry_observation& right) noexcept {
    return left.device == right.device && left.inode == right.inode && left.size == right.size &&
           std::memcmp(left.stamp, right.stamp, sizeof left.stamp) == 0;
  }
};

/// The result of reading an entry.
enum class entry_reading {
  sound,    ///< value and meta are the entry's
  missing,  ///< no such file
  unsound,  ///< not a valid entry of this key, or overwritten during the read; the observation identifies the file
  refused,  ///< a symbolic link in the path, or not a regular file
  failed    ///< a system call failed; see errno
};

/// Returns true, and sets `meta`, if header, key and value are a valid entry of `key`.
[[nodiscard]] inline bool decode_entry(bytes_view head, bytes_view value, bytes_view key, cache_meta& meta) noexcept {
  if (!entry_head_fits(head, key, value.size()) ||
      entry_layout::checksum.load(head.data()) != entry_checksum(head, value))
    return false;
  meta.watermark = entry_layout::watermark.load(head.data());
  meta.cached_at_us = entry_layout::cached_at_us.load(head.data());
  return true;
}

/// Reads the stamp again after the rest. Returns `sound` if it is unchanged: no writer has then overwritten the file.
[[nodiscard]] inline entry_reading confirm_entry(int file, const std::byte* stamp) noexcept {
  std::byte after[entry_layout::stamp_size];
  const ssize_t got = read_at(file, after, sizeof after, 0);
  if (got < 0) return entry_reading::failed;
  const bool same = got == sizeof after && std::memcmp(after, stamp, sizeof after) == 0;
  return same ? entry_reading::sound : entry_reading::unsound;
}

/// Reads an entry that is large or not valid: checks type and size of the file first.
[[nodiscard]] inline entry_reading read_entry_carefully(int file, bytes_view key, bytes& value, cache_meta& meta,
                                                        entry_observation& seen) {
  struct stat about;
  if (::fstat(file, &about) != 0) return entry_reading::failed;
  if (!S_ISREG(about.st_mode)) {
    errno = EINVAL;
    return entry_reading::refused;
  }
  seen = {about.st_dev, about.st_ino, about.st_size, {}};
  std::byte head[entry_layout::header_size + entry_key_max_bytes];
  const std::size_t head_size = entry_layout::header_size + key.size();
  const ssize_t got = read_at(file, head, head_size, 0);
  if (got < 0) return entry_reading::failed;
  const auto there = static_cast<std::size_t>(got);
  std::memcpy(seen.stamp, head, there < sizeof seen.stamp ? there : sizeof seen.stamp);

  // A sparse file can have any size, so the header must confirm it before memory is allocated.
  const auto file_size = static_cast<std::uint64_t>(about.st_size);
  if (there != head_size || file_size < head_size || file_size - head_size > entry_value_max_bytes)
    return entry_reading::unsound;
  if (!entry_head_fits({head, head_size}, key, file_size - head_size)) return entry_reading::unsound;
  value.resize(static_cast<std::size_t>(file_size) - head_size);
  const ssize_t value_got = read_at(file, value.data(), value.size(), head_size);
  if (value_got < 0) return entry_reading::failed;
  if (static_cast<std::size_t>(value_got) != value.size() || !decode_entry({head, head_size}, value, key, meta))
    return entry_reading::unsound;
  return confirm_entry(file, head);
}

/// Reads the entry of `key` from the file `name` below `root`. After `refused` and `failed`, `errno` holds the reason.
[[nodiscard]] inline entry_reading read_entry(int root, const entry_name& name, bytes_view key, bytes& value,
                                              cache_meta& meta, entry_observation& seen) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer. Reading at an offset fails for FIFOs, sockets and
  // directories.
  const unique_fd file = open_beneath(root, name.path(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file && errno == ENOENT) return entry_reading::missing;
  if (!file) return errno == ELOOP ? entry_reading::refused : entry_reading::failed;

  // Most entries fit into the buffer. A read that does not fill it has reached the end of the file.
  std::byte buffer[8192];
  const ssize_t got = retry_interrupted([&] { return ::pread(file.get(), buffer, sizeof buffer, 0); });
  const std::size_t head_size = entry_layout::header_size + key.size();
  if (got >= static_cast<ssize_t>(head_size) && got < static_cast<ssize_t>(sizeof buffer)) {
    const bytes_view whole{buffer, static_cast<std::size_t>(got)};
    const bytes_view held = whole.subview(head_size);
    if (decode_entry(whole.subview(0, head_size), held, key, meta) &&
        confirm_entry(file.get(), buffer) == entry_reading::sound) {
      value.assign(held.begin(), held.end());
      return entry_reading::sound;
    }
  }
  return read_entry_carefully(file.get(), key, value, meta, seen);
}

/// Writes an entry to a spare file. `old_size` is the size of the file. If it is not 0, a slow reader may have the file
/// open; the order of the steps lets it detect the change. `scratch` is a buffer for reuse. Returns false, with `errno`
/// set, if a system call failed.
[[nodiscard]] inline bool write_entry(int file, std::uint64_t old_size, bytes_view key, bytes_view value,
                                      cache_meta meta, std::uint64_t writing, bytes& scratch) {
  const std::size_t head_size = entry_layout::header_size + key.size();
  // A small value is written with its header in one call; a large value is not copied.
  constexpr std::size_t joined_size = 1 << 16;
  const bool joined = value.size() <= joined_size;
  scratch.resize(head_size + (joined ? value.size() : 0));
  encode_entry_head(scratch.data(), key, value, meta, writing);
  if (joined && !value.empty()) std::memcpy(scratch.data() + head_size, value.data(), value.size());

  // The stamp is cleared first and written last. A reader that reads the same stamp twice has read one entry.
  const std::size_t first = old_size == 0 ? 0 : entry_layout::stamp_size;
  const std::byte no_stamp[entry_layout::stamp_size]{};
  if (old_size != 0 && !write_all_at(file, {no_stamp, sizeof no_stamp}, 0)) return false;
  if (old_size > head_size + value.size() && !truncate_file(file, head_size + value.size())) return false;
  if (!write_all_at(file, bytes_view{scratch}.subview(first), first)) return false;
  if (!joined && !write_all_at(file, value, head_size)) return false;
  return old_size == 0 || write_all_at(file, bytes_view{scratch}.subview(0, entry_layout::stamp_size), 0);
}

}  // namespace quipu::detail::inline QUIPU_MODE
