// SPDX-License-Identifier: BSL-1.0
//
// posix_environment.ipp: see environment/posix_environment.hpp.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../core/error.hpp"
#include "../../environment/detail/file_name.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../environment/detail/posix_lock.hpp"
#include "../../environment/detail/posix_mappings.hpp"
#include "../../environment/detail/posix_open.hpp"
#include "../../environment/detail/system_random.hpp"
#include "../../environment/posix_environment.hpp"
#include "../../event/event_id.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

class posix_file final : public environment_file {
 public:
  posix_file(unique_fd descriptor, std::string path) noexcept
      : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

  [[nodiscard]] std::uint64_t size() const override {
    const std::int64_t size = file_size(descriptor_.get());
    if (size < 0) fail("find the size of the file");
    return static_cast<std::uint64_t>(size);
  }

  [[nodiscard]] std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const override {
    if (offset >= max_size) return 0;
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, max_size - offset));
    const ssize_t got = detail::read_at(descriptor_.get(), to, count, offset);
    if (got < 0) fail("read the file");
    return static_cast<std::size_t>(got);
  }

  void write_at(bytes_view data, std::uint64_t offset) override {
    if (offset > max_size || data.size() > max_size - offset) fail("write the file", EFBIG);
    if (!write_all_at(descriptor_.get(), data, offset)) fail("write the file");
  }

  /// Also allocates holes. After a failure, the file may have grown partly. On file systems that cannot allocate, only
  /// extends the file; a later write may then fail.
  void reserve(std::uint64_t size) override {
    if (size > max_size) fail("reserve room in the file", EFBIG);
    if (size == 0) return;  // an error for fallocate
    const auto allocate = [&] { return ::fallocate(descriptor_.get(), 0, 0, static_cast<off_t>(size)); };
    if (retry_interrupted(allocate) == 0) return;
    if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL) fail("reserve room in the file");
    if (size > this->size() && !truncate_file(descriptor_.get(), size)) fail("reserve room in the file");
  }

  void truncate(std::uint64_t size) override {
    if (size > max_size) fail("truncate the file", EFBIG);
    if (!truncate_file(descriptor_.get(), size)) fail("truncate the file");
  }

  void require_whole(std::uint64_t size) const override {
    struct statx about;
    if (!look_at_size(descriptor_.get(), about)) fail("look at the file");
    if (about.stx_nlink == 0)
      throw error{errc::io_failed,
                  "the file was removed while the store wrote to it: restore it from a backup",
                  {.path = path_}};
    const std::uint64_t now = about.stx_size;
    if (now < size)
      throw error{errc::io_failed,
                  "the file was cut off while the store wrote to it: restore it from a backup",
                  {.path = path_now(), .expected = size, .actual = now}};
  }

  void start_write_back(std::uint64_t offset, std::uint64_t count) noexcept override {
    detail::start_write_back(descriptor_.get(), offset, count);
  }

  /// fdatasync, which includes the size.
  void sync() override {
    if (!sync_data(descriptor_.get())) fail("flush the file");
  }

  [[nodiscard]] file_mapping map(std::size_t count) const override {
    if (count == 0) return {};  // an error for mmap
    void* const data = ::mmap(nullptr, count, PROT_READ, MAP_SHARED, descriptor_.get(), 0);
    if (data == MAP_FAILED) fail("map the file");
    return posix_mappings::own(data, count);
  }

  [[nodiscard]] file_mapping map_complete(std::size_t count) const override {
    return posix_mappings::are_many() ? copy(count) : map(count);
  }
  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

 private:
  static constexpr auto max_size = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

  /// The first bytes of the file, in memory.
  [[nodiscard]] file_mapping copy(std::size_t count) const {
    if (count == 0) return {};
    const std::shared_ptr<std::byte[]> content{new std::byte[count]};
    if (read_at(content.get(), count, 0) != count) fail("read the file", EIO);
    return {content.get(), count, content};
  }

  [[noreturn]] void fail(std::string_view operation) const { fail(operation, errno); }
  [[noreturn]] void fail(std::string_view operation, int number) const {
    throw_system_error(operation, path_now(), number);
  }
  /// The path of the file by the name that it has now: a segment is renamed when it is complete. Where the system does
  /// not tell, by the name that it had when it was opened.
  [[nodiscard]] std::string path_now() const {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor_.get());
    std::error_code unknown;
    const std::filesystem::path found = std::filesystem::read_symlink(link, unknown);
    const bool is_there = !unknown && std::filesystem::exists(found, unknown);
    return is_there ? std::filesystem::path{path_}.replace_filename(found.filename()).string() : path_;
  }

  unique_fd descriptor_;
  std::string path_;
};

class posix_file_lock final : public environment_lock {
 public:
  posix_file_lock(int directory, const std::string& name, const std::string& path) : lock_{directory, name, path} {}
  [[nodiscard]] bool held() const noexcept override { return lock_.held(); }

 private:
  posix_lock lock_;
};

class posix_directory final : public environment_directory {
 public:
  posix_directory(unique_fd descriptor, std::string path) noexcept
      : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

  [[nodiscard]] std::unique_ptr<environment_file> open_file(const std::string& name, open_mode mode) const override {
    std::string whole = path_of(name);
    const int flags = mode == open_mode::read    ? O_RDONLY
                      : mode == open_mode::write ? O_RDWR
                                                 : O_RDWR | O_CREAT | O_EXCL;
    unique_fd opened = open_regular_file(descriptor_.get(), name.c_str(), flags);
    if (!opened)
      throw_unopened(mode == open_mode::create ? "create the file" : "open the file", std::move(whole), errno,
                     mode != open_mode::create);
    return std::make_unique<posix_file>(std::move(opened), std::move(whole));
  }

  /// Returns true if the name exists, as a file of any type.
  [[nodiscard]] bool exists(const std::string& name) const override {
    std::string whole = path_of(name);
    struct stat about;
    if (::fstatat(descriptor_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0) return true;
    if (errno != ENOENT) fail("look up the file", std::move(whole));
    return false;
  }

  void rename(const std::string& from, const std::string& to) override {
    std::string whole = path_of(from);
    check_file_name(to, path_);
    if (!rename_at(descriptor_.get(), from.c_str(), descriptor_.get(), to.c_str()))
      fail("rename the file", std::move(whole));
  }

  /// Removes files only; a directory is `errc::io_failed`.
  void remove(const std::string& name) override {
    std::string whole = path_of(name);
    if (!unlink_at(descriptor_.get(), name.c_str()) && errno != ENOENT) fail("remove the file", std::move(whole));
  }

  /// Sorted bytewise.
  [[nodiscard]] std::vector<std::string> list() const override {
    std::vector<std::string> names;
    const auto keep = [&names](std::string_view name, unsigned char) {
      names.emplace_back(name);
      return true;
    };
    if (!list_directory(descriptor_.get(), keep)) fail("list the directory", path_);
    std::sort(names.begin(), names.end());
    return names;
  }

  void sync() override {
    if (!sync_directory(descriptor_.get())) fail("flush the directory", path_);
  }

  [[nodiscard]] std::unique_ptr<environment_lock> lock(const std::string& name) override {
    return std::make_unique<posix_file_lock>(descriptor_.get(), name, path_of(name));
  }
  [[nodiscard]] bool link_from(const environment_directory& source, const std::string& name) override {
    check_file_name(name, path_);
    const auto* const other = dynamic_cast<const posix_directory*>(&source);
    return other != nullptr &&
           ::linkat(other->descriptor_.get(), name.c_str(), descriptor_.get(), name.c_str(), 0) == 0;
  }
  [[nodiscard]] std::string_view path() const noexcept override { return path_; }

  /// Throws the error in `errno`.
  [[noreturn]] static void fail(std::string_view operation, std::string path, bool may_be_missing = false) {
    const int number = errno;
    const bool missing = may_be_missing && number == ENOENT;
    throw_system_error(operation, std::move(path), number, missing ? errc::not_found : errc_of_system_error(number));
  }

 private:
  /// Checks the name. Called before the system call, because it may change `errno`.
  [[nodiscard]] std::string path_of(std::string_view name) const {
    check_file_name(name, path_);
    return joined_path(path_, name);
  }

  unique_fd descriptor_;
  std::string path_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL std::unique_ptr<environment_directory> posix_environment::open_directory(const std::filesystem::path& where,
                                                                                    bool create) {
  detail::check_directory_path(where);
  std::string whole = detail::without_trailing_slashes(where.string());
  detail::unique_fd opened = detail::open_durable_directory(whole, create);
  if (!opened && detail::is_symbolic_link(whole))
    throw error{errc::io_failed,
                "the directory is a symbolic link, which is not followed: use the path that it points to",
                {.path = std::move(whole), .system_error = ELOOP}};
  if (!opened)
    detail::posix_directory::fail(create ? "create or open the directory" : "open the directory", std::move(whole),
                                  true);
  return std::make_unique<detail::posix_directory>(std::move(opened), std::move(whole));
}

QUIPU_DECL std::int64_t posix_environment::now_us() { return detail::system_now_us(); }

QUIPU_DECL std::int64_t posix_environment::steady_us() {
#ifdef CLOCK_BOOTTIME  // Linux: counts while the system sleeps, as std::chrono::steady_clock does not
  timespec now{};
  if (::clock_gettime(CLOCK_BOOTTIME, &now) == 0)
    return std::int64_t{now.tv_sec} * 1'000'000 + std::int64_t{now.tv_nsec} / 1000;
#endif
  return detail::steady_now_us();
}

QUIPU_DECL void posix_environment::random(std::byte* to, std::size_t count) { detail::fill_random(to, count); }

QUIPU_DECL const std::shared_ptr<environment>& posix_environment::shared() {
  static const auto& instance = *new std::shared_ptr<environment>{std::make_shared<posix_environment>()};
  return instance;
}

}  // namespace quipu::inline QUIPU_MODE
