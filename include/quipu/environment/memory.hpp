// SPDX-License-Identifier: BSL-1.0
//
// memory.hpp: a world of files in the memory of this process, for experiments and tests: a store on it runs the code that runs on a
// disk, and answers as it does there, but for what only a disk has (permissions, symbolic links, power failures).
#pragma once

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../event/event_id.hpp"
#include "detail/file_name.hpp"
#include "detail/memory_tree.hpp"
#include "detail/posix_file.hpp"
#include "detail/system_random.hpp"
#include "environment.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

/// An environment that is a handle: copies share one world, and one that is made by default is a new, empty world. A world lives as long
/// as a handle, or a directory, file or lock of it. Members fail as the concept `environment` says, with the codes and the
/// error numbers of `posix`; errc::storage_full is that the system has no memory to reserve. All members of all parts may be called
/// from several threads at once, as far as each changes nothing of its own (moving, destroying).
///
/// A path starts at the world's root, with or without a leading slash. The clock and the entropy are the system's.
class memory {
  struct world;

 public:
  class mapping;
  class file;
  class directory;
  class lock;

  memory() : world_{std::make_shared<world>()} {}

  /// See the concept.
  [[nodiscard]] directory open_directory(const std::filesystem::path& where, bool create) const;

  [[nodiscard]] std::int64_t now_us() const noexcept { return detail::system_now_us(); }

  /// From getentropy. Throws errc::io_failed where the system has no entropy.
  void random(std::byte* to, std::size_t count) const { detail::fill_random(to, count); }

  /// A new world with the directories and files that this one has at one moment, in whatever state its writers are, and with none
  /// of its locks: what a disk would hold if the program ended now. Takes time and memory in proportion to what was written.
  [[nodiscard]] memory copy() const;

 private:
  struct world {
    std::mutex mutex;  // for everything below: names, bytes and locks
    std::shared_ptr<detail::memory_directory> root = std::make_shared<detail::memory_directory>();
  };

  std::shared_ptr<world> world_;
};

/// The file's own bytes: valid also when the file is removed, replaced or has grown. Unlike on a disk, bytes behind the file's end may be
/// read, and are zero.
class memory::mapping {
 public:
  /// Page-aligned; null where the size is 0.
  [[nodiscard]] const std::byte* data() const noexcept { return pages_ ? pages_->data() : nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  mapping(mapping&& other) noexcept : pages_{std::move(other.pages_)}, size_{std::exchange(other.size_, 0)} {}
  mapping& operator=(mapping&& other) noexcept {
    pages_ = std::move(other.pages_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

 private:
  friend class file;
  mapping(std::shared_ptr<const detail::memory_reservation> pages, std::size_t size) noexcept : pages_{std::move(pages)}, size_{size} {}

  std::shared_ptr<const detail::memory_reservation> pages_;
  std::size_t size_;
};

class memory::file {
 public:
  file(file&&) noexcept = default;
  file& operator=(file&&) noexcept = default;

  [[nodiscard]] std::uint64_t size() const {
    const std::lock_guard guard{world_->mutex};
    return file_->storage.size();
  }

  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const {
    const std::lock_guard guard{world_->mutex};
    return file_->storage.read(to, count, offset);
  }

  /// All or, where it fails, nothing.
  void write_at(bytes_view data, std::uint64_t offset) {
    check_writable("write", EBADF);
    const std::lock_guard guard{world_->mutex};
    if (!file_->storage.write(data, offset)) fail("write", ENOSPC);
  }

  /// Room in the address space: the memory itself is taken as the bytes are written.
  void reserve(std::uint64_t size) {
    check_writable("reserve room for", EBADF);
    const std::lock_guard guard{world_->mutex};
    if (size > file_->storage.size() && !file_->storage.resize(size)) fail("reserve room for", ENOSPC);
  }

  void truncate(std::uint64_t size) {
    check_writable("truncate", EINVAL);
    const std::lock_guard guard{world_->mutex};
    if (!file_->storage.resize(size)) fail("truncate", ENOSPC);
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] mapping map(std::size_t count) const {
    if (count == 0) return {nullptr, 0};
    const std::lock_guard guard{world_->mutex};
    auto pages = file_->storage.window(count);
    if (!pages) fail("map", ENOSPC);
    return {std::move(pages), count};
  }

  [[nodiscard]] std::string_view path() const noexcept { return path_; }

 private:
  friend class directory;
  file(std::shared_ptr<world> in, std::shared_ptr<detail::memory_file> opened, bool writable, std::string path) noexcept
      : world_{std::move(in)}, file_{std::move(opened)}, writable_{writable}, path_{std::move(path)} {}

  void check_writable(std::string_view operation, int number) const {
    if (!writable_) fail(operation, number);
  }
  [[noreturn]] void fail(std::string_view operation, int number) const { detail::throw_system_error(operation, path_, number); }

  std::shared_ptr<world> world_;
  std::shared_ptr<detail::memory_file> file_;
  bool writable_;
  std::string path_;
};

/// Freed by its destructor.
class memory::lock {
 public:
  lock(lock&&) noexcept = default;
  lock& operator=(lock&& other) noexcept {
    lock taken{std::move(other)};
    world_.swap(taken.world_);
    file_.swap(taken.file_);
    return *this;
  }
  /// True until it is moved from: a forked child has a world of its own.
  [[nodiscard]] bool held() const noexcept { return file_ != nullptr; }
  ~lock() {
    if (!file_) return;
    const std::lock_guard guard{world_->mutex};
    file_->locked = false;
  }

 private:
  friend class directory;
  lock(std::shared_ptr<world> in, std::shared_ptr<detail::memory_file> locked) noexcept : world_{std::move(in)}, file_{std::move(locked)} {}

  std::shared_ptr<world> world_;
  std::shared_ptr<detail::memory_file> file_;
};

class memory::directory {
 public:
  directory(directory&&) noexcept = default;
  directory& operator=(directory&&) noexcept = default;

  [[nodiscard]] file open_file(const std::string& name, open_mode mode) const {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    auto [found, problem] = detail::find_memory_file(*directory_, name);
    if (mode == open_mode::create) {
      if (problem != ENOENT) fail("create", std::move(whole), problem == ENAMETOOLONG ? problem : EEXIST);
      found = detail::create_memory_file(*directory_, name);
    } else if (!found) {
      fail("open", std::move(whole), problem, problem == ENOENT);
    }
    return {world_, std::move(found), mode != open_mode::read, std::move(whole)};
  }

  /// Whether the name is taken, by a file or a directory.
  [[nodiscard]] bool exists(const std::string& name) const {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    const int problem = detail::find_memory_file(*directory_, name).second;
    if (problem == ENAMETOOLONG) fail("look up", std::move(whole), problem);
    return problem != ENOENT;
  }

  /// A missing `from` is errc::io_failed, as is a directory where only one of the two is one.
  void rename(const std::string& from, const std::string& to) {
    std::string whole = path_of(from);
    detail::check_file_name(to, path_);
    const std::lock_guard guard{world_->mutex};
    if (const int problem = detail::rename_in_memory(*directory_, from, to)) fail("rename", std::move(whole), problem);
  }

  /// Files only; a directory is errc::io_failed.
  void remove(const std::string& name) {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    const int problem = detail::find_memory_file(*directory_, name).second;
    if (problem != 0 && problem != ENOENT) fail("remove", std::move(whole), problem);
    directory_->erase(name);
  }

  /// Sorted by their bytes.
  [[nodiscard]] std::vector<std::string> list() const {
    const std::lock_guard guard{world_->mutex};
    std::vector<std::string> names;
    names.reserve(directory_->entries.size());
    for (const detail::memory_entry& entry : directory_->entries) names.push_back(entry.name);
    return names;
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] memory::lock lock(const std::string& name) {
    std::string whole = path_of(name);
    const std::lock_guard guard{world_->mutex};
    auto [found, problem] = detail::find_memory_file(*directory_, name);
    if (problem == ENOENT) {
      found = detail::create_memory_file(*directory_, name);
    } else if (!found) {
      fail("open the lock", std::move(whole), problem);
    }
    if (found->locked) {
      detail::throw_system_error("held by another store or process", std::move(whole), EWOULDBLOCK, errc::locked);
    }
    found->locked = true;
    return {world_, std::move(found)};
  }

  [[nodiscard]] std::string_view path() const noexcept { return path_; }

 private:
  friend class memory;
  directory(std::shared_ptr<world> in, std::shared_ptr<detail::memory_directory> opened, std::string path) noexcept
      : world_{std::move(in)}, directory_{std::move(opened)}, path_{std::move(path)} {}

  [[nodiscard]] std::string path_of(std::string_view name) const {
    detail::check_file_name(name, path_);
    return detail::joined_path(path_, name);
  }

  [[noreturn]] static void fail(std::string_view operation, std::string path, int number, bool missing = false) {
    detail::throw_system_error(operation, std::move(path), number, missing ? errc::not_found : detail::errc_of_system_error(number));
  }

  std::shared_ptr<world> world_;
  std::shared_ptr<detail::memory_directory> directory_;
  std::string path_;
};

inline auto memory::open_directory(const std::filesystem::path& where, bool create) const -> directory {
  detail::check_directory_path(where);
  std::string whole = detail::without_trailing_slashes(where.string());
  const std::lock_guard guard{world_->mutex};
  auto [found, problem] = detail::walk_memory(world_->root, whole, create);
  if (!found) {
    directory::fail(create ? "create or open the directory" : "open the directory", std::move(whole), problem, problem == ENOENT);
  }
  return {world_, std::move(found), std::move(whole)};
}

inline memory memory::copy() const {
  memory other;
  const std::lock_guard guard{world_->mutex};
  if (!detail::copy_memory(*world_->root, *other.world_->root)) {
    detail::throw_system_error("copy the files in memory", "/", ENOSPC);
  }
  return other;
}


}  // namespace quipu
