// SPDX-License-Identifier: BSL-1.0
//
// posix.hpp: the world as it is on Linux, macOS and the BSDs: real files, the system's clock, the system's entropy.
//
// A directory is held by its descriptor, and everything in it is opened relative to that: renaming or replacing the directory, or a
// parent, while it is in use leads nowhere else. Symbolic links are refused at the directory and at each file, and so is what isn't a
// regular file. Files are made with 0644 and directories with 0777, less the umask.
//
// Where RLIMIT_FSIZE is set, the system sends SIGXFSZ, which ends the program unless it is ignored; then it is errc::storage_full.
#pragma once

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../event/event_id.hpp"
#include "detail/file_name.hpp"
#include "detail/posix_file.hpp"
#include "detail/posix_lock.hpp"
#include "detail/posix_open.hpp"
#include "detail/system_random.hpp"
#include "environment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quipu {

/// An environment without state: all of them are the one machine. Members fail as the concept `environment` says; beyond that, a path
/// or name that is empty, holds a NUL or, for a name, isn't a single component is errc::invalid_argument. All members of all parts may
/// be called from several threads at once, as far as each changes nothing of its own (moving, destroying).
class posix {
 public:
  class mapping;
  class file;
  class directory;
  /// Freed by its destructor, or by the death of the process that took it; not by that of a forked child, nor kept by one.
  using lock = detail::posix_lock;

  /// See the concept. Flushes, where it may create, also the name of a directory that was there already: one that is missing is made
  /// from the top down, and each name is flushed before the next is made.
  [[nodiscard]] directory open_directory(const std::filesystem::path& where, bool create) const;

  /// The system's real-time clock.
  [[nodiscard]] std::int64_t now_us() const noexcept { return detail::system_now_us(); }

  /// From getentropy. Throws errc::io_failed where the system has no entropy.
  void random(std::byte* to, std::size_t count) const { detail::fill_random(to, count); }
};

/// Pages of a file, shared with whoever writes it. It stays when the file is closed or removed; touching it behind the end of the file,
/// also where the file was cut meanwhile, is SIGBUS.
class posix::mapping {
 public:
  mapping(mapping&& other) noexcept : data_{std::exchange(other.data_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  mapping& operator=(mapping&& other) noexcept {
    mapping taken{std::move(other)};
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    return *this;
  }
  ~mapping() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  /// Page-aligned; null where the size is 0.
  [[nodiscard]] const std::byte* data() const noexcept { return static_cast<const std::byte*>(data_); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  friend class file;
  mapping(void* data, std::size_t size) noexcept : data_{data}, size_{size} {}

  void* data_;
  std::size_t size_;
};

class posix::file {
 public:
  [[nodiscard]] std::uint64_t size() const {
    const std::int64_t size = detail::file_size(descriptor_.get());
    if (size < 0) fail("find the size of");
    return static_cast<std::uint64_t>(size);
  }

  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const {
    if (offset >= max_size) return 0;
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, max_size - offset));
    const ssize_t got = detail::read_at(descriptor_.get(), to, count, offset);
    if (got < 0) fail("read");
    return static_cast<std::size_t>(got);
  }

  void write_at(bytes_view data, std::uint64_t offset) {
    if (offset > max_size || data.size() > max_size - offset) fail("write", EFBIG);
    if (!detail::write_all_at(descriptor_.get(), data, offset)) fail("write");
  }

  /// Room for the holes in those bytes is set aside as well. When it fails, the file may have grown by a part. On file systems that
  /// can't set room aside (and on systems other than Linux) the file only grows, and a later write may find no room.
  void reserve(std::uint64_t size) {
    if (size > max_size) fail("reserve room for", EFBIG);
#if defined(__linux__)
    if (size == 0) return;  // fallocate refuses it
    const auto allocate = [&] { return ::fallocate(descriptor_.get(), 0, 0, static_cast<off_t>(size)); };
    if (detail::retry_interrupted(allocate) == 0) return;
    if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL) fail("reserve room for");
#endif
    if (size > this->size() && !detail::truncate_file(descriptor_.get(), size)) fail("reserve room for");
  }

  void truncate(std::uint64_t size) {
    if (size > max_size) fail("truncate", EFBIG);
    if (!detail::truncate_file(descriptor_.get(), size)) fail("truncate");
  }

  /// fdatasync, which includes the size; F_FULLFSYNC on macOS. Not the file's name: see `directory::sync`.
  void sync() {
    if (!detail::sync_data(descriptor_.get())) fail("flush");
  }

  [[nodiscard]] mapping map(std::size_t count) const {
    if (count == 0) return {nullptr, 0};  // mmap refuses it
    void* const data = ::mmap(nullptr, count, PROT_READ, MAP_SHARED, descriptor_.get(), 0);
    if (data == MAP_FAILED) fail("map");
    return {data, count};
  }

  [[nodiscard]] std::string_view path() const noexcept { return path_; }

 private:
  friend class directory;
  static constexpr auto max_size = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

  file(detail::unique_fd descriptor, std::string path) noexcept : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

  [[noreturn]] void fail(std::string_view operation) const { fail(operation, errno); }
  [[noreturn]] void fail(std::string_view operation, int number) const { detail::throw_system_error(operation, path_, number); }

  detail::unique_fd descriptor_;
  std::string path_;
};

class posix::directory {
 public:
  [[nodiscard]] file open_file(const std::string& name, open_mode mode) const {
    std::string whole = path_of(name);
    const int flags = mode == open_mode::read ? O_RDONLY : mode == open_mode::write ? O_RDWR : O_RDWR | O_CREAT | O_EXCL;
    detail::unique_fd opened = detail::open_regular_file(descriptor_.get(), name.c_str(), flags);
    if (!opened) fail(mode == open_mode::create ? "create" : "open", std::move(whole), mode != open_mode::create);
    return {std::move(opened), std::move(whole)};
  }

  /// Whether the name is taken, by whatever it may be.
  [[nodiscard]] bool exists(const std::string& name) const {
    std::string whole = path_of(name);
    struct stat about;
    if (::fstatat(descriptor_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno != ENOENT) fail("look up", std::move(whole));
    return false;
  }

  /// A missing `from` is errc::io_failed, as is a directory where only one of the two is one.
  /// Gives a file of another directory a name in this one as well, where nothing has it yet: a hard link. False where that can't be, on another device
  /// for instance.
  [[nodiscard]] bool link_from(const directory& source, const std::string& name) {
    detail::check_file_name(name, path_);
    return ::linkat(source.descriptor_.get(), name.c_str(), descriptor_.get(), name.c_str(), 0) == 0;
  }

  void rename(const std::string& from, const std::string& to) {
    std::string whole = path_of(from);
    detail::check_file_name(to, path_);
    if (!detail::rename_at(descriptor_.get(), from.c_str(), descriptor_.get(), to.c_str())) fail("rename", std::move(whole));
  }

  /// Files only; a directory is errc::io_failed.
  void remove(const std::string& name) {
    std::string whole = path_of(name);
    if (!detail::unlink_at(descriptor_.get(), name.c_str()) && errno != ENOENT) fail("remove", std::move(whole));
  }

  /// Sorted by their bytes.
  [[nodiscard]] std::vector<std::string> list() const {
    std::vector<std::string> names;
    const auto keep = [&names](std::string_view name, unsigned char) {
      names.emplace_back(name);
      return true;
    };
    if (!detail::list_directory(descriptor_.get(), keep)) fail("list", path_);
    std::sort(names.begin(), names.end(), [](const auto& left, const auto& right) { return left < right; });
    return names;
  }

  void sync() {
    if (!detail::sync_directory(descriptor_.get())) fail("flush", path_);
  }

  [[nodiscard]] posix::lock lock(const std::string& name) {
    const std::string whole = path_of(name);
    return {descriptor_.get(), name, whole};
  }

  [[nodiscard]] std::string_view path() const noexcept { return path_; }

 private:
  friend class posix;
  directory(detail::unique_fd descriptor, std::string path) noexcept : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

  /// Checks the name, and comes before the system call, whose `errno` it could change.
  [[nodiscard]] std::string path_of(std::string_view name) const {
    detail::check_file_name(name, path_);
    return detail::joined_path(path_, name);
  }

  [[noreturn]] static void fail(std::string_view operation, std::string path, bool may_be_missing = false) {
    const int number = errno;
    const bool missing = may_be_missing && number == ENOENT;
    detail::throw_system_error(operation, std::move(path), number, missing ? errc::not_found : detail::errc_of_system_error(number));
  }

  detail::unique_fd descriptor_;
  std::string path_;
};

inline auto posix::open_directory(const std::filesystem::path& where, bool create) const -> directory {
  detail::check_directory_path(where);
  std::string whole = detail::without_trailing_slashes(where.string());
  detail::unique_fd opened = detail::open_durable_directory(whole, create);
  if (!opened) directory::fail(create ? "create or open the directory" : "open the directory", std::move(whole), true);
  return {std::move(opened), std::move(whole)};
}


}  // namespace quipu
