// SPDX-License-Identifier: BSL-1.0
//
// posix_file.ipp: see environment/detail/posix_file.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../core/error.hpp"
#include "../../../environment/detail/posix_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL unique_fd& unique_fd::operator=(unique_fd&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

QUIPU_DECL void unique_fd::reset(int descriptor) noexcept {
  const int old = std::exchange(descriptor_, descriptor);
  if (old < 0) return;
  const int kept = errno;
  ::close(old);
  errno = kept;
}

QUIPU_DECL bool replace_descriptor(int source, int number) noexcept {
  return retry_interrupted([&] { return ::dup3(source, number, O_CLOEXEC); }) >= 0;
}

QUIPU_DECL std::string system_error_text(int number) {
  char buffer[128] = "unknown error";
  const auto text_of = [&buffer](auto result) -> const char* {
    if constexpr (std::is_pointer_v<decltype(result)>) return result;
    return buffer;
  };
  return text_of(::strerror_r(number, buffer, sizeof buffer));
}

QUIPU_DECL errc errc_of_system_error(int number) noexcept {
  return number == ENOSPC || number == EDQUOT || number == EFBIG ? errc::storage_full : errc::io_failed;
}

QUIPU_DECL void throw_system_error(std::string_view operation, std::string path, int number, errc code) {
  error::details about;
  about.path = std::move(path);
  about.system_error = number;
  std::string message{"could not "};
  message.append(operation).append(": ").append(system_error_text(number));
  throw error{code, message, std::move(about)};
}

QUIPU_DECL bool is_symbolic_link(const std::string& path) noexcept {
  const int kept = errno;
  struct stat about {};
  const bool is_one = ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
  errno = kept;
  return is_one;
}

QUIPU_DECL void throw_unopened(std::string_view operation, std::string path, int number, bool may_be_missing) {
  const char* const found = number == EISDIR                      ? "a directory"
                            : number == ELOOP                     ? "a symbolic link"
                            : number == EINVAL || number == ENXIO ? "a pipe, a socket or a device"
                                                                  : nullptr;
  if (found != nullptr)
    throw error{errc::corrupt,
                std::string{found} + " has the name of a file of the store: move it away, and put the file back",
                {.path = std::move(path), .system_error = number}};
  if (may_be_missing && number == ENOENT) throw_system_error(operation, std::move(path), number, errc::not_found);
  throw_system_error(operation, std::move(path), number);
}

QUIPU_DECL void throw_held(std::string path) {
  throw error{errc::locked,
              "another store writes to the directory, in this process or another one",
              {.path = std::move(path), .system_error = EWOULDBLOCK}};
}
QUIPU_DECL void throw_system_error(std::string_view operation, std::string path, int number) {
  throw_system_error(operation, std::move(path), number, errc_of_system_error(number));
}

QUIPU_DECL unique_fd open_nofollow(int directory, const char* name, int flags, mode_t mode) noexcept {
  return unique_fd{retry_interrupted([&] { return ::openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC, mode); })};
}

QUIPU_DECL unique_fd open_beneath_by_component(int directory, const char* relative, int flags, mode_t mode) {
  const std::string_view whole{relative};
  if (whole.empty() || whole.front() == '/') {
    errno = whole.empty() ? ENOENT : EXDEV;
    return {};
  }
  unique_fd held;
  int current = directory;
  std::string component;
  for (std::size_t start = 0;;) {
    const std::size_t slash = whole.find('/', start);
    component = whole.substr(start, slash == std::string_view::npos ? slash : slash - start);
    if (component == "..") {
      errno = EXDEV;
      return {};
    }
    const std::size_t next = slash == std::string_view::npos ? slash : whole.find_first_not_of('/', slash);
    if (next == std::string_view::npos) {
      // A trailing slash denotes a directory, which O_CREAT cannot create.
      if (slash != std::string_view::npos) flags |= O_DIRECTORY;
      if (slash != std::string_view::npos && (flags & O_CREAT) != 0) {
        errno = EISDIR;
        return {};
      }
      return open_nofollow(current, component.c_str(), flags, mode);
    }
    unique_fd step = open_nofollow(current, component.c_str(), directory_handle_flags, 0);
    if (!step) return {};
    held = std::move(step);
    current = held.get();
    start = next;
  }
}

QUIPU_DECL unique_fd open_beneath(int directory, const char* relative, int flags, mode_t mode) {
#if defined(SYS_openat2) && defined(RESOLVE_BENEATH)
  static std::atomic<bool> missing{false};
  if (!missing.load()) {
    const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    open_how how{};
    how.flags = static_cast<std::uint32_t>(flags | O_CLOEXEC);
    how.mode = creates ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const long result =
        retry_interrupted([&] { return ::syscall(SYS_openat2, directory, relative, &how, sizeof how); });
    if (result >= 0) return unique_fd{static_cast<int>(result)};
    if (errno == ENOSYS) missing.store(true);
    // Older sandboxes reject unknown system calls with EPERM. Opening by component is equally safe and returns the
    // actual error.
    if (errno != ENOSYS && errno != EPERM) return {};
  }
#endif
  return open_beneath_by_component(directory, relative, flags, mode);
}

QUIPU_DECL std::string without_trailing_slashes(std::string path) {
  for (;;) {
    if (path.size() > 1 && path.back() == '/') {
      path.pop_back();
    } else if (path.ends_with("/.")) {
      path.pop_back();
    } else {
      break;
    }
  }
  return path.empty() ? std::string{"."} : path;
}

QUIPU_DECL unique_fd open_directory(const std::string& path) {
  return open_nofollow(AT_FDCWD, without_trailing_slashes(path).c_str(), O_RDONLY | O_DIRECTORY, 0);
}

QUIPU_DECL bool create_directories(const std::string& path, mode_t mode) {
  const std::string whole = without_trailing_slashes(path);
  if (::mkdir(whole.c_str(), mode) == 0 || errno == EEXIST) return true;
  if (errno != ENOENT) return false;
  for (std::size_t slash = whole.find('/', 1); slash != std::string::npos; slash = whole.find('/', slash + 1)) {
    if (::mkdir(whole.substr(0, slash).c_str(), mode) != 0 && errno != EEXIST) return false;
  }
  return ::mkdir(whole.c_str(), mode) == 0 || errno == EEXIST;
}

QUIPU_DECL unique_fd create_exclusive(int directory, const char* relative, mode_t mode) {
  return open_beneath(directory, relative, O_RDWR | O_CREAT | O_EXCL, mode);
}

QUIPU_DECL ssize_t read_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor, to + done, count - done, static_cast<off_t>(offset + done));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      break;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return static_cast<ssize_t>(done);
}

QUIPU_DECL bool read_exact_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept {
  const ssize_t got = read_at(descriptor, to, count, offset);
  if (got >= 0 && static_cast<std::size_t>(got) == count) return true;
  if (got >= 0) errno = 0;
  return false;
}

QUIPU_DECL bool write_all_at(int descriptor, bytes_view data, std::uint64_t offset) noexcept {
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t put = ::pwrite(descriptor, data.data() + done, data.size() - done, static_cast<off_t>(offset + done));
    if (put > 0) {
      done += static_cast<std::size_t>(put);
    } else if (put == 0) {
      errno = EIO;  // a device that accepts no bytes without an error: do not loop
      return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

QUIPU_DECL bool look_at_size(int descriptor, struct statx& about) noexcept {
  return ::statx(descriptor, "", AT_EMPTY_PATH, STATX_NLINK | STATX_SIZE, &about) == 0;
}

QUIPU_DECL std::int64_t file_size(int descriptor) noexcept {
  struct statx about;
  return look_at_size(descriptor, about) ? static_cast<std::int64_t>(about.stx_size) : -1;
}

QUIPU_DECL bool truncate_file(int descriptor, std::uint64_t size) noexcept {
  return retry_interrupted([&] { return ::ftruncate(descriptor, static_cast<off_t>(size)); }) == 0;
}

QUIPU_DECL void start_write_back(int descriptor, std::uint64_t offset, std::uint64_t count) noexcept {
  const int kept = errno;
  static_cast<void>(
      ::sync_file_range(descriptor, static_cast<off_t>(offset), static_cast<off_t>(count), SYNC_FILE_RANGE_WRITE));
  errno = kept;
}

QUIPU_DECL bool sync_data(int descriptor) noexcept { return ::fdatasync(descriptor) == 0; }

QUIPU_DECL bool sync_all(int descriptor) noexcept { return ::fsync(descriptor) == 0; }

QUIPU_DECL bool make_directory_at(int directory, const char* name, mode_t mode) noexcept {
  return ::mkdirat(directory, name, mode) == 0;
}

QUIPU_DECL bool remove_directory_at(int directory, const char* name) noexcept {
  return ::unlinkat(directory, name, AT_REMOVEDIR) == 0;
}

QUIPU_DECL bool rename_at(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return ::renameat(from_directory, from, to_directory, to) == 0;
}

QUIPU_DECL bool exchange_at(int first_directory, const char* first, int second_directory, const char* second) noexcept {
  constexpr unsigned exchange = 2;  // RENAME_EXCHANGE, which some C libraries do not declare
  return ::syscall(SYS_renameat2, first_directory, first, second_directory, second, exchange) == 0;
}

}  // namespace quipu::detail::inline QUIPU_MODE
