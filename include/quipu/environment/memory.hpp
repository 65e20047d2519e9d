// SPDX-License-Identifier: BSL-1.0
//
// memory.hpp: a world of files in the memory of this process, for experiments and tests: a store on it runs the code that runs on a
// disk, and answers as it does there, but for what only a disk has (permissions, symbolic links, power failures).
#pragma once

#include "../core/bytes.hpp"
#include "../core/detail/monitor.hpp"
#include "../core/detail/owner.hpp"
#include "../core/detail/when_used.hpp"
#include "../core/error.hpp"
#include "../core/path.hpp"
#include "../event/event_id.hpp"
#include "detail/file_name.hpp"
#include "detail/memory_tree.hpp"
#include "detail/posix_file.hpp"
#include "detail/system_random.hpp"
#include "environment.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
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
template <class When>
class basic_memory {
  struct world;

 public:
  class mapping;
  class file;
  class directory;
  class lock;

  basic_memory() : world_{detail::make_shared_owner<world>()} {}

  /// See the concept.
  [[nodiscard]] directory open_directory(const path& where, bool create) const;

  [[nodiscard]] std::int64_t now_us() const noexcept { return detail::system_now_us(); }

  /// From getentropy. Throws errc::io_failed where the system has no entropy.
  void random(std::byte* to, std::size_t count) const { detail::fill_random(to, count); }

  /// A new world with the directories and files that this one has at one moment, in whatever state its writers are, and with none
  /// of its locks: what a disk would hold if the program ended now. Takes time and memory in proportion to what was written.
  [[nodiscard]] basic_memory copy() const;

 private:
  struct world {
    detail::mutex mutex;  // for everything below: names, bytes and locks
    detail::shared_owner<detail::basic_memory_directory<When>> root = detail::make_shared_owner<detail::basic_memory_directory<When>>();
  };

  detail::shared_owner<world> world_;
};

/// The file's own bytes: valid also when the file is removed, replaced or has grown. Unlike on a disk, bytes behind the file's end may be
/// read, and are zero.
template <class When>
class basic_memory<When>::mapping {
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
  mapping(detail::shared_owner<const detail::basic_memory_reservation<When>> pages, std::size_t size) noexcept : pages_{std::move(pages)}, size_{size} {}

  detail::shared_owner<const detail::basic_memory_reservation<When>> pages_;
  std::size_t size_;
};

template <class When>
class basic_memory<When>::file {
 public:
  file(file&&) noexcept = default;
  file& operator=(file&&) noexcept = default;

  [[nodiscard]] std::uint64_t size() const {
    const detail::lock_guard guard{world_->mutex};
    return file_->storage.size();
  }

  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const {
    const detail::lock_guard guard{world_->mutex};
    return file_->storage.read(to, count, offset);
  }

  /// All or, where it fails, nothing.
  void write_at(bytes_view data, std::uint64_t offset) {
    check_writable("write", EBADF);
    const detail::lock_guard guard{world_->mutex};
    if (!file_->storage.write(data, offset)) fail("write", ENOSPC);
  }

  /// Room in the address space: the memory itself is taken as the bytes are written.
  void reserve(std::uint64_t size) {
    check_writable("reserve room for", EBADF);
    const detail::lock_guard guard{world_->mutex};
    if (size > file_->storage.size() && !file_->storage.resize(size)) fail("reserve room for", ENOSPC);
  }

  void truncate(std::uint64_t size) {
    check_writable("truncate", EINVAL);
    const detail::lock_guard guard{world_->mutex};
    if (!file_->storage.resize(size)) fail("truncate", ENOSPC);
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] mapping map(std::size_t count) const {
    if (count == 0) return {nullptr, 0};
    const detail::lock_guard guard{world_->mutex};
    auto pages = file_->storage.window(count);
    if (!pages) fail("map", ENOSPC);
    return {std::move(pages), count};
  }

  [[nodiscard]] std::string_view path() const noexcept { return path_; }

 private:
  friend class directory;
  file(detail::shared_owner<world> in, detail::shared_owner<detail::basic_memory_file<When>> opened, bool writable, std::string path) noexcept
      : world_{std::move(in)}, file_{std::move(opened)}, writable_{writable}, path_{std::move(path)} {}

  void check_writable(std::string_view operation, int number) const {
    if (!writable_) fail(operation, number);
  }
  [[noreturn]] void fail(std::string_view operation, int number) const { detail::throw_system_error(operation, path_, number); }

  detail::shared_owner<world> world_;
  detail::shared_owner<detail::basic_memory_file<When>> file_;
  bool writable_;
  std::string path_;
};

/// Freed by its destructor.
template <class When>
class basic_memory<When>::lock {
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
    const detail::lock_guard guard{world_->mutex};
    file_->locked = false;
  }

 private:
  friend class directory;
  lock(detail::shared_owner<world> in, detail::shared_owner<detail::basic_memory_file<When>> locked) noexcept : world_{std::move(in)}, file_{std::move(locked)} {}

  detail::shared_owner<world> world_;
  detail::shared_owner<detail::basic_memory_file<When>> file_;
};

template <class When>
class basic_memory<When>::directory {
 public:
  directory(directory&&) noexcept = default;
  directory& operator=(directory&&) noexcept = default;

  [[nodiscard]] file open_file(const std::string& name, open_mode mode) const {
    std::string whole = path_of(name);
    const detail::lock_guard guard{world_->mutex};
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
    const detail::lock_guard guard{world_->mutex};
    const int problem = detail::find_memory_file(*directory_, name).second;
    if (problem == ENAMETOOLONG) fail("look up", std::move(whole), problem);
    return problem != ENOENT;
  }

  /// A missing `from` is errc::io_failed, as is a directory where only one of the two is one.
  void rename(const std::string& from, const std::string& to) {
    std::string whole = path_of(from);
    detail::check_file_name(to, path_);
    const detail::lock_guard guard{world_->mutex};
    if (const int problem = detail::rename_in_memory(*directory_, from, to)) fail("rename", std::move(whole), problem);
  }

  /// Files only; a directory is errc::io_failed.
  void remove(const std::string& name) {
    std::string whole = path_of(name);
    const detail::lock_guard guard{world_->mutex};
    const int problem = detail::find_memory_file(*directory_, name).second;
    if (problem != 0 && problem != ENOENT) fail("remove", std::move(whole), problem);
    directory_->erase(name);
  }

  /// Sorted by their bytes.
  [[nodiscard]] std::vector<std::string> list() const {
    const detail::lock_guard guard{world_->mutex};
    std::vector<detail::deferred<When, std::string>> names;
    names.reserve(directory_->entries.size());
    for (const detail::basic_memory_entry<When>& entry : directory_->entries) names.push_back(entry.name);
    return names;
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] basic_memory::lock lock(const std::string& name) {
    std::string whole = path_of(name);
    const detail::lock_guard guard{world_->mutex};
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
  friend class basic_memory;
  directory(detail::shared_owner<world> in, detail::shared_owner<detail::basic_memory_directory<When>> opened, std::string path) noexcept
      : world_{std::move(in)}, directory_{std::move(opened)}, path_{std::move(path)} {}

  [[nodiscard]] std::string path_of(std::string_view name) const {
    detail::check_file_name(name, path_);
    return detail::joined_path(path_, name);
  }

  [[noreturn]] static void fail(std::string_view operation, std::string path, int number, bool missing = false) {
    detail::throw_system_error(operation, std::move(path), number, missing ? errc::not_found : detail::errc_of_system_error(number));
  }

  detail::shared_owner<world> world_;
  detail::shared_owner<detail::basic_memory_directory<When>> directory_;
  std::string path_;
};

template <class When>
auto basic_memory<When>::open_directory(const path& where, bool create) const -> directory {
  detail::check_directory_path(where);
  std::string whole = detail::without_trailing_slashes(where.str());
  const detail::lock_guard guard{world_->mutex};
  auto [found, problem] = detail::walk_memory(world_->root, whole, create);
  if (!found) {
    directory::fail(create ? "create or open the directory" : "open the directory", std::move(whole), problem, problem == ENOENT);
  }
  return {world_, std::move(found), std::move(whole)};
}

template <class When>
basic_memory<When> basic_memory<When>::copy() const {
  basic_memory other;
  const detail::lock_guard guard{world_->mutex};
  if (!detail::copy_memory(*world_->root, *other.world_->root)) {
    detail::throw_system_error("copy the files in memory", "/", ENOSPC);
  }
  return other;
}

using memory = basic_memory<detail::when_used>;

}  // namespace quipu
