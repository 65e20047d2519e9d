// SPDX-License-Identifier: BSL-1.0
//
// file_cache.ipp: see cache/file_cache.hpp.
#pragma once

#include "../../cache/detail/entry_file.hpp"
#include "../../cache/detail/entry_name.hpp"
#include "../../cache/detail/entry_removal.hpp"
#include "../../cache/detail/spare_file.hpp"
#include "../../cache/file_cache.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/process_mark.hpp"
#include "../../core/error.hpp"
#include "../../environment/detail/posix_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

/// What the writers of one process share.
struct file_cache_writing {
  std::mutex mutex;  // guards the others, and the removal of damaged entries
  spare_file spare;
  bytes buffer;
  const process_mark made_by{};
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

static_assert(file_cache::max_key_bytes == detail::entry_key_max_bytes);
static_assert(file_cache::max_value_bytes == detail::entry_value_max_bytes);

struct file_cache::state {
  std::string root_path;
  detail::unique_fd root;  // its number never changes, so readers need no lock
  std::atomic<detail::file_cache_writing*> writing{new detail::file_cache_writing};
  std::atomic<std::uint64_t> hits{};
  std::atomic<std::uint64_t> misses{};
  std::atomic<std::uint64_t> puts{};
  std::atomic<std::uint64_t> healed{};

  state() = default;
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() {
    std::unique_ptr<detail::file_cache_writing> last{writing.load()};
    if (!last->made_by.is_this_process()) static_cast<void>(last.release());
  }

  /// A forked child makes its own and leaks its parent's: a thread of the parent may have held the mutex at the fork.
  [[nodiscard]] detail::file_cache_writing& own_writing() {
    detail::file_cache_writing* current = writing.load();
    if (current->made_by.is_this_process()) return *current;
    auto made = std::make_unique<detail::file_cache_writing>();
    if (!writing.compare_exchange_strong(current, made.get())) return *current;
    return *made.release();
  }

  [[noreturn]] void fail(std::string_view operation, std::string_view relative, int number) const {
    std::string whole = root_path;
    if (!relative.empty()) whole.append("/").append(relative);
    detail::throw_system_error(operation, std::move(whole), number, errc::cache_failed);
  }

  [[nodiscard]] detail::unique_fd open_root() const {
    if (!detail::create_directories(root_path)) fail("create the cache directory", {}, errno);
    detail::unique_fd opened = detail::open_directory(root_path);
    if (!opened) fail("open the cache directory", {}, errno);
    return opened;
  }

  /// Throws `errc::cache_failed` for `refused` and `failed`. `seen.inode` stays 0 unless the result is `unsound`.
  [[nodiscard]] detail::entry_reading read(const detail::entry_name& name, bytes_view key, bytes& value,
                                           cache_meta& meta, detail::entry_observation& seen) const {
    const detail::entry_reading reading = detail::read_entry(root.get(), name, key, value, meta, seen);
    if (reading == detail::entry_reading::refused)
      fail("use a cache entry that is a symbolic link or no regular file", name.path(), errno);
    if (reading == detail::entry_reading::failed) fail("read a cache entry", name.path(), errno);
    if (reading != detail::entry_reading::unsound) seen = {};
    return reading;
  }

  /// Repeats an `unsound` read until it has another result or observes the same file twice. The latter is damage: the
  /// file is removed. Returns true if the entry was read.
  [[nodiscard]] bool read_again(const detail::entry_name& name, bytes_view key, bytes& value, cache_meta& meta,
                                detail::entry_observation seen) {
    constexpr int attempts_max = 1000;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      detail::entry_observation now;
      const detail::entry_reading reading = read(name, key, value, meta, now);
      if (reading != detail::entry_reading::unsound) return reading == detail::entry_reading::sound;
      if (now == seen) break;
      seen = now;
    }
    const std::lock_guard lock{own_writing().mutex};  // excludes the writers of this object
    const detail::entry_reading reading = read(name, key, value, meta, seen);
    if (reading == detail::entry_reading::unsound) remove(name, seen);
    return reading == detail::entry_reading::sound;
  }

  /// Removes a damaged entry unless another file has replaced it. If the system refuses, the entry remains a miss.
  void remove(const detail::entry_name& name, const detail::entry_observation& seen) {
    const detail::unique_fd folder =
        detail::open_beneath(root.get(), name.folder().c_str(), detail::directory_handle_flags);
    struct stat about;
    if (!folder || ::fstatat(folder.get(), name.leaf(), &about, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (about.st_dev == seen.device && about.st_ino == seen.inode && detail::unlink_at(folder.get(), name.leaf()))
      ++healed;
  }

  void put(const detail::entry_name& name, bytes_view key, bytes_view value, cache_meta meta) {
    detail::file_cache_writing& own = own_writing();
    const std::lock_guard lock{own.mutex};
    // Folders may be removed concurrently by `delete_prefix` or by the user; they are then created again.
    constexpr int attempts_max = 100;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      if (try_put(own, name, key, value, meta)) return;
      if (errno != ENOENT) break;
      reopen_if_removed(own.spare);
    }
    fail("write a cache entry", name.path(), errno);
  }

  /// Returns false, with `errno` set, on failure; ENOENT if a folder was missing.
  [[nodiscard]] bool try_put(detail::file_cache_writing& own, const detail::entry_name& name, bytes_view key,
                             bytes_view value, cache_meta meta) {
    const detail::unique_fd folder = open_folder(name.folder());
    if (!folder) return false;
    struct stat about;
    const bool replaces = ::fstatat(folder.get(), name.leaf(), &about, AT_SYMLINK_NOFOLLOW) == 0;
    if (!replaces && errno != ENOENT) return false;
    if (replaces && !S_ISREG(about.st_mode)) {
      errno = S_ISLNK(about.st_mode) ? ELOOP : EINVAL;
      return false;
    }
    detail::spare_file& spare = own.spare;
    if (!spare.claim(root.get())) return false;
    std::uint64_t old_size = 0;
    const detail::unique_fd file = spare.open(old_size);
    if (!file || !detail::write_entry(file.get(), old_size, key, value, meta, spare.next_writing(), own.buffer))
      return false;
    if (replaces) {
      if (detail::exchange_at(spare.folder(), spare.name(), folder.get(), name.leaf())) return true;
      // The entry was removed since, or the file system cannot exchange names: rename instead.
      if (errno != ENOENT && errno != EINVAL && errno != ENOSYS) return false;
    }
    if (!detail::rename_at(spare.folder(), spare.name(), folder.get(), name.leaf())) return false;
    spare.mark_used();
    return true;
  }

  /// Opens the folder of an entry. Creates missing folders one component at a time, without following links.
  [[nodiscard]] detail::unique_fd open_folder(const std::string& folder) const {
    detail::unique_fd opened = detail::open_beneath(root.get(), folder.c_str(), detail::directory_handle_flags);
    if (opened || errno != ENOENT) return opened;
    int parent = root.get();
    for (std::size_t start = 0; start < folder.size();) {
      const std::size_t slash = folder.find('/', start);
      const std::size_t end = slash == std::string::npos ? folder.size() : slash;
      const std::string component = folder.substr(start, end - start);
      if (!detail::make_directory_at(parent, component.c_str()) && errno != EEXIST) return {};
      detail::unique_fd next = detail::open_beneath(parent, component.c_str(), detail::directory_handle_flags);
      if (!next) return {};
      opened = std::move(next);
      parent = opened.get();
      start = end + 1;
    }
    return opened;
  }

  /// Creates the root again if it was deleted, and keeps its descriptor number.
  void reopen_if_removed(detail::spare_file& spare) {
    struct stat about;
    if (::fstat(root.get(), &about) != 0 || about.st_nlink != 0) {
      errno = ENOENT;
      return;
    }
    const detail::unique_fd renewed = open_root();
    if (!detail::replace_descriptor(renewed.get(), root.get())) fail("open the cache directory", {}, errno);
    spare.release();
  }
};

QUIPU_DECL file_cache::file_cache(const std::filesystem::path& root) : state_{std::make_shared<state>()} {
  if (root.empty()) throw error{errc::invalid_argument, "the directory of a file cache must not be empty"};
  state_->root_path = detail::without_trailing_slashes(root.string());
  state_->root = state_->open_root();
}

QUIPU_DECL std::optional<cache_entry> file_cache::get(bytes_view key) const {
  std::optional<cache_entry> found{std::in_place};
  if (!get_into(key, found->value, found->meta)) found.reset();
  return found;
}

QUIPU_DECL bool file_cache::get_into(bytes_view key, bytes& value, cache_meta& meta) const {
  const detail::entry_name name{key};
  detail::entry_observation seen;
  bool found = state_->read(name, key, value, meta, seen) == detail::entry_reading::sound;
  if (!found && seen.inode != 0) found = state_->read_again(name, key, value, meta, seen);
  ++(found ? state_->hits : state_->misses);
  return found;
}

QUIPU_DECL void file_cache::put(bytes_view key, bytes_view value, cache_meta meta) {
  if (value.size() > max_value_bytes) {
    error::details about;
    about.expected = max_value_bytes;
    about.actual = value.size();
    throw error{errc::invalid_argument, "the value is too long for a file cache", about};
  }
  const detail::entry_name name{key};
  state_->put(name, key, value, meta);
  ++state_->puts;
}

QUIPU_DECL std::uint64_t file_cache::delete_prefix(bytes_view prefix) {
  detail::entry_removal removal{state_->root.get(), prefix};
  if (!removal.run()) state_->fail("remove cache entries", removal.failed_at(), errno);
  detail::file_cache_writing& own = state_->own_writing();
  const std::lock_guard lock{own.mutex};
  if (!own.spare.discard(state_->root.get())) state_->fail("remove a spare file", detail::spare_folder, errno);
  return removal.removed();
}

QUIPU_DECL void file_cache::prefetch(bytes_view key, cache_meta) const noexcept {
  if (key.size() > max_key_bytes) return;
  try {
    const detail::entry_name name{key};
    const detail::unique_fd file =
        detail::open_beneath(state_->root.get(), name.path(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file) ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_WILLNEED);
  } catch (...) {
    return;  // out of memory: prefetching is optional
  }
}

QUIPU_DECL void file_cache::sync() {
  if (::syncfs(state_->root.get()) != 0) state_->fail("flush the cache", {}, errno);
}

QUIPU_DECL cache_stats file_cache::stats() const noexcept {
  return {.hits = state_->hits.load(),
          .misses = state_->misses.load(),
          .puts = state_->puts.load(),
          .healed = state_->healed.load()};
}

}  // namespace quipu::inline QUIPU_MODE
