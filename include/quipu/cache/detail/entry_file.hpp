// SPDX-License-Identifier: BSL-1.0
//
// entry_file.hpp: the bytes of one entry of the file cache, how they are read and how they are written over. docs/cache.md describes
// the layout byte by byte.
//
// An entry is replaced by letting its name and a spare file's name change places, and what was the entry is the next spare. So a
// reader that is late may have open what a writer is writing over. That shows: a writer takes the stamp away first (magic, checksum and a
// number that no other writing has) and puts the new one last; a reader looks at it before and after it reads the rest.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../hash/crc32c.hpp"
#include "../projection_cache.hpp"
#include "entry_name.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quipu::detail {

inline constexpr char entry_magic[9] = "QPUCACHE";
inline constexpr std::uint32_t entry_format_version = 1;

/// Larger values are refused when put and damage when found, whatever size a file claims.
inline constexpr std::uint64_t entry_value_max_bytes = std::uint64_t{1} << 30;

/// Offsets in the header; the key follows it, then the value, then the file ends.
struct entry_layout {
  static constexpr std::size_t magic = 0;
  static constexpr std::size_t version = 8;
  static constexpr std::size_t checksum = 12;
  static constexpr std::size_t writing = 16;
  static constexpr std::size_t watermark = 24;
  static constexpr std::size_t cached_at_us = 32;
  static constexpr std::size_t key_size = 40;
  static constexpr std::size_t value_size = 48;
  static constexpr std::size_t header_size = 56;
  /// Magic, version, checksum and number of the writing: what must be the same before and after a read.
  static constexpr std::size_t stamp_size = 24;
};

/// CRC-32C of everything but the checksum itself; `head` is header and key.
[[nodiscard]] inline std::uint32_t entry_checksum(bytes_view head, bytes_view value) noexcept {
  const std::uint32_t before = crc32c(head.subview(0, entry_layout::checksum));
  return crc32c(value, crc32c(head.subview(entry_layout::writing), before));
}

/// Puts header and key into `to`, which has room for `header_size + key.size()`. `writing` is unlike that of any other writing.
inline void encode_entry_head(std::byte* to, bytes_view key, bytes_view value, cache_meta meta, std::uint64_t writing) noexcept {
  std::memcpy(to + entry_layout::magic, entry_magic, 8);
  store_little_endian(to + entry_layout::version, entry_format_version);
  store_little_endian(to + entry_layout::writing, writing);
  store_little_endian(to + entry_layout::watermark, meta.watermark);
  store_little_endian(to + entry_layout::cached_at_us, meta.cached_at_us);
  store_little_endian(to + entry_layout::key_size, static_cast<std::uint64_t>(key.size()));
  store_little_endian(to + entry_layout::value_size, static_cast<std::uint64_t>(value.size()));
  if (!key.empty()) std::memcpy(to + entry_layout::header_size, key.data(), key.size());
  store_little_endian(to + entry_layout::checksum, entry_checksum({to, entry_layout::header_size + key.size()}, value));
}

/// Whether header and key are those of an entry of `key` with a value of `value_size` bytes. The checksum is another matter.
[[nodiscard]] inline bool entry_head_fits(bytes_view head, bytes_view key, std::uint64_t value_size) noexcept {
  return std::memcmp(head.data() + entry_layout::magic, entry_magic, 8) == 0 &&
         load_little_endian<std::uint32_t>(head.data() + entry_layout::version) == entry_format_version &&
         load_little_endian<std::uint64_t>(head.data() + entry_layout::key_size) == key.size() &&
         load_little_endian<std::uint64_t>(head.data() + entry_layout::value_size) == value_size &&
         head.subview(entry_layout::header_size) == key;
}

/// What was found to be no sound entry: two sights that are equal are of one damaged file, not of one that is being written over.
struct entry_sight {
  dev_t device{};
  ino_t inode{};
  off_t size{};
  std::byte stamp[entry_layout::stamp_size]{};

  friend bool operator==(const entry_sight& left, const entry_sight& right) noexcept {
    return left.device == right.device && left.inode == right.inode && left.size == right.size &&
           std::memcmp(left.stamp, right.stamp, sizeof left.stamp) == 0;
  }
};

enum class entry_reading {
  sound,    ///< value and meta are the entry's
  missing,  ///< no such file
  unsound,  ///< not an entry of this key, or written over meanwhile; the sight says what was there
  refused,  ///< a symbolic link on the way, or not a regular file; nothing that could block was waited for
  failed    ///< the system refused
};

/// Whether header, key and value are, checksum included, an entry of `key`; and then its meta.
[[nodiscard]] inline bool decode_entry(bytes_view head, bytes_view value, bytes_view key, cache_meta& meta) noexcept {
  if (!entry_head_fits(head, key, value.size()) ||
      load_little_endian<std::uint32_t>(head.data() + entry_layout::checksum) != entry_checksum(head, value))
    return false;
  meta.watermark = load_little_endian<std::uint64_t>(head.data() + entry_layout::watermark);
  meta.cached_at_us = load_little_endian<std::int64_t>(head.data() + entry_layout::cached_at_us);
  return true;
}

/// After the rest was read: whether nobody wrote to the file meanwhile, which a stamp that is still the same tells.
[[nodiscard]] inline entry_reading confirm_entry(int file, const std::byte* stamp) noexcept {
  std::byte after[entry_layout::stamp_size];
  const ssize_t got = read_at(file, after, sizeof after, 0);
  if (got < 0) return entry_reading::failed;
  const bool same = got == sizeof after && std::memcmp(after, stamp, sizeof after) == 0;
  return same ? entry_reading::sound : entry_reading::unsound;
}

/// The slow way, for what isn't a sound entry that fits into one read: asks what it is before it reads.
[[nodiscard]] inline entry_reading read_entry_carefully(int file, bytes_view key, bytes& value, cache_meta& meta, entry_sight& seen) {
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

  // A file can claim any size without having the bytes: before memory is spent on it, its header must say the same.
  const auto file_size = static_cast<std::uint64_t>(about.st_size);
  if (there != head_size || file_size < head_size || file_size - head_size > entry_value_max_bytes) return entry_reading::unsound;
  if (!entry_head_fits({head, head_size}, key, file_size - head_size)) return entry_reading::unsound;
  value.resize(static_cast<std::size_t>(file_size) - head_size);
  const ssize_t value_got = read_at(file, value.data(), value.size(), head_size);
  if (value_got < 0) return entry_reading::failed;
  if (static_cast<std::size_t>(value_got) != value.size() || !decode_entry({head, head_size}, value, key, meta))
    return entry_reading::unsound;
  return confirm_entry(file, head);
}

/// Reads the entry of `key` from the file `name` below `root`. After `refused` and `failed`, `errno` says why.
[[nodiscard]] inline entry_reading read_entry(int root, const entry_name& name, bytes_view key, bytes& value, cache_meta& meta,
                                              entry_sight& seen) {
  // O_NONBLOCK: opening a FIFO mustn't wait for a writer. Reading at an offset isn't possible from one, nor from a socket or a folder.
  const unique_fd file = open_beneath(root, name.path(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return errno == ENOENT ? entry_reading::missing : errno == ELOOP ? entry_reading::refused : entry_reading::failed;

  // Most entries fit into this, and a read that doesn't fill it has met the end of the file: no need to ask for its size.
  std::byte buffer[8192];
  const ssize_t got = retry_interrupted([&] { return ::pread(file.get(), buffer, sizeof buffer, 0); });
  const std::size_t head_size = entry_layout::header_size + key.size();
  if (got >= static_cast<ssize_t>(head_size) && got < static_cast<ssize_t>(sizeof buffer)) {
    const bytes_view whole{buffer, static_cast<std::size_t>(got)};
    const bytes_view held = whole.subview(head_size);
    if (decode_entry(whole.subview(0, head_size), held, key, meta) && confirm_entry(file.get(), buffer) == entry_reading::sound) {
      value.assign(held.begin(), held.end());
      return entry_reading::sound;
    }
  }
  return read_entry_carefully(file.get(), key, value, meta, seen);
}

/// Writes an entry into a file that no name in a shard refers to yet. `old_size` is what the file has now: where it isn't empty, a late
/// reader may have it open, and the order of the steps is what tells it. `scratch` is reused from call to call.
[[nodiscard]] inline bool write_entry(int file, std::uint64_t old_size, bytes_view key, bytes_view value, cache_meta meta,
                                      std::uint64_t writing, bytes& scratch) {
  const std::size_t head_size = entry_layout::header_size + key.size();
  // Small values travel with their header in one call; large ones aren't copied for it.
  constexpr std::size_t joined_size = 1 << 16;
  const bool joined = value.size() <= joined_size;
  scratch.resize(head_size + (joined ? value.size() : 0));
  encode_entry_head(scratch.data(), key, value, meta, writing);
  if (joined && !value.empty()) std::memcpy(scratch.data() + head_size, value.data(), value.size());

  // The stamp goes first and comes back last: a reader that sees the same stamp before and after has seen nothing in between.
  const std::size_t first = old_size == 0 ? 0 : entry_layout::stamp_size;
  const std::byte no_stamp[entry_layout::stamp_size]{};
  if (old_size != 0 && !write_all_at(file, {no_stamp, sizeof no_stamp}, 0)) return false;
  if (old_size > head_size + value.size() && !truncate_file(file, head_size + value.size())) return false;
  if (!write_all_at(file, bytes_view{scratch}.subview(first), first)) return false;
  if (!joined && !write_all_at(file, value, head_size)) return false;
  return old_size == 0 || write_all_at(file, bytes_view{scratch}.subview(0, entry_layout::stamp_size), 0);
}

}  // namespace quipu::detail
