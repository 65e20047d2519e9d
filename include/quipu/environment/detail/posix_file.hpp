// SPDX-License-Identifier: BSL-1.0
//
// posix_file.hpp: files by descriptor. What the journal and the file cache need of the operating system: open relative to a
// directory without following symbolic links, read and write in full, flush, rename, list.
//
// Each function is one idea over one or two system calls. They fail as system calls do: the result says so and `errno` says why, so
// that everyday failures (no such file) cost nothing; `throw_system_error` turns one into a `quipu::error`. Interrupted calls are
// repeated. Every descriptor is opened with O_CLOEXEC. All are thread-safe.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"

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

#if defined(__linux__)
#include <sys/syscall.h>
#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif
#endif

namespace quipu::detail {

/// Repeats a system call while it is interrupted.
template <class Call>
[[nodiscard]] auto retry_interrupted(Call call) noexcept(noexcept(call())) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// Owns one file descriptor; -1 is none.
class unique_fd {
 public:
  unique_fd() noexcept = default;
  explicit unique_fd(int descriptor) noexcept : descriptor_{descriptor} {}
  unique_fd(unique_fd&& other) noexcept : descriptor_{other.release()} {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~unique_fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] explicit operator bool() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

  /// Closes what was owned; keeps `errno`. close() isn't repeated when interrupted: Linux has freed the descriptor by then.
  void reset(int descriptor = -1) noexcept {
    const int old = std::exchange(descriptor_, descriptor);
    if (old < 0) return;
    const int kept = errno;
    ::close(old);
    errno = kept;
  }

 private:
  int descriptor_{-1};
};

/// Lets the descriptor `number` stand for what `source` stands for, in one step: whoever uses the number meanwhile has the old or the new.
[[nodiscard]] inline bool replace_descriptor(int source, int number) noexcept {
#if defined(__linux__)
  return retry_interrupted([&] { return ::dup3(source, number, O_CLOEXEC); }) >= 0;
#else
  return retry_interrupted([&] { return ::dup2(source, number); }) >= 0 && ::fcntl(number, F_SETFD, FD_CLOEXEC) == 0;
#endif
}

/// The text of an error number. strerror_r has two shapes, GNU's and POSIX's; either is taken.
[[nodiscard]] inline std::string system_error_text(int number) {
  char buffer[128] = "unknown error";
  const auto text_of = [&buffer](auto result) -> const char* {
    if constexpr (std::is_pointer_v<decltype(result)>) return result;
    return buffer;
  };
  return text_of(::strerror_r(number, buffer, sizeof buffer));
}

/// The code for an error number: `storage_full` where the device, a quota or a size limit has no room, else `io_failed`.
[[nodiscard]] inline errc errc_of_system_error(int number) noexcept {
  return number == ENOSPC || number == EDQUOT || number == EFBIG ? errc::storage_full : errc::io_failed;
}

[[noreturn]] inline void throw_system_error(std::string_view operation, std::string path, int number, errc code) {
  error::details about;
  about.path = std::move(path);
  about.system_error = number;
  std::string message{operation};
  message.append(": ").append(system_error_text(number));
  throw error{code, message, std::move(about)};
}

/// Throws `error` for a failed operation on `path`, with the code that `errc_of_system_error(number)` gives.
[[noreturn]] inline void throw_system_error(std::string_view operation, std::string path, int number) {
  throw_system_error(operation, std::move(path), number, errc_of_system_error(number));
}

// ---- opening ----------------------------------------------------------------------------------------------------------------

/// Flags for a directory that is only needed as the place to start from: cheaper than opening it, and needs no permission to list it.
#if defined(O_PATH)
inline constexpr int directory_handle_flags = O_PATH | O_DIRECTORY;
#else
inline constexpr int directory_handle_flags = O_RDONLY | O_DIRECTORY;
#endif

/// Opens a path with its last component not followed where it is a symbolic link (ELOOP or ENOTDIR); earlier components are.
[[nodiscard]] inline unique_fd open_nofollow(int directory, const char* name, int flags, mode_t mode = 0644) noexcept {
  return unique_fd{retry_interrupted([&] { return ::openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC, mode); })};
}

/// `open_beneath` where the kernel can't do it in one call: one component after the other, none of them followed.
[[nodiscard]] inline unique_fd open_beneath_by_component(int directory, const char* relative, int flags, mode_t mode = 0644) {
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
      // A trailing slash asks for a directory, and one can't be created by opening it.
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

/// Opens `relative` below the open directory `directory`. No component may be a symbolic link (ELOOP, or ENOTDIR), and none may lead
/// out of the directory (EXDEV); `relative` isn't absolute and holds no "..". Invalid with `errno` set when it fails.
[[nodiscard]] inline unique_fd open_beneath(int directory, const char* relative, int flags, mode_t mode = 0644) {
#if defined(SYS_openat2) && defined(RESOLVE_BENEATH)
  static std::atomic<bool> missing{false};
  if (!missing.load()) {
    bool creates = (flags & O_CREAT) != 0;
#if defined(O_TMPFILE)
    creates = creates || (flags & O_TMPFILE) == O_TMPFILE;
#endif
    open_how how{};
    how.flags = static_cast<std::uint32_t>(flags | O_CLOEXEC);
    how.mode = creates ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const long result = retry_interrupted([&] { return ::syscall(SYS_openat2, directory, relative, &how, sizeof how); });
    if (result >= 0) return unique_fd{static_cast<int>(result)};
    if (errno == ENOSYS) missing.store(true);
    // Older sandboxes refuse system calls they don't know with EPERM; going by component is as safe and gives the true answer.
    if (errno != ENOSYS && errno != EPERM) return {};
  }
#endif
  return open_beneath_by_component(directory, relative, flags, mode);
}

/// The path without trailing slashes and "/.", behind which O_NOFOLLOW would follow a link after all. Empty becomes ".".
[[nodiscard]] inline std::string without_trailing_slashes(std::string path) {
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

/// Opens a directory that isn't a symbolic link (its parents may be). Invalid with `errno` set when it fails.
[[nodiscard]] inline unique_fd open_directory(const std::string& path) {
  return open_nofollow(AT_FDCWD, without_trailing_slashes(path).c_str(), O_RDONLY | O_DIRECTORY, 0);
}

/// Creates a directory and the parents it lacks, as `mkdir -p`. True also where it was there already (whatever it is: open it to know).
[[nodiscard]] inline bool create_directories(const std::string& path, mode_t mode = 0777) {
  const std::string whole = without_trailing_slashes(path);
  if (::mkdir(whole.c_str(), mode) == 0 || errno == EEXIST) return true;
  if (errno != ENOENT) return false;
  for (std::size_t slash = whole.find('/', 1); slash != std::string::npos; slash = whole.find('/', slash + 1)) {
    if (::mkdir(whole.substr(0, slash).c_str(), mode) != 0 && errno != EEXIST) return false;
  }
  return ::mkdir(whole.c_str(), mode) == 0 || errno == EEXIST;
}

/// Creates a file that must not exist yet (EEXIST), for reading and writing.
[[nodiscard]] inline unique_fd create_exclusive(int directory, const char* relative, mode_t mode = 0644) {
  return open_beneath(directory, relative, O_RDWR | O_CREAT | O_EXCL, mode);
}

// ---- reading and writing ----------------------------------------------------------------------------------------------------

/// Reads up to `count` bytes at `offset`. Returns how many: fewer only where the file ends; -1 when it fails.
[[nodiscard]] inline ssize_t read_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept {
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

/// Reads exactly `count` bytes at `offset`. False when it fails; `errno` is 0 when the file was too short for it.
[[nodiscard]] inline bool read_exact_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept {
  const ssize_t got = read_at(descriptor, to, count, offset);
  if (got >= 0 && static_cast<std::size_t>(got) == count) return true;
  if (got >= 0) errno = 0;
  return false;
}

/// Writes all of `data` at `offset`. When it fails, a part of it may have been written.
[[nodiscard]] inline bool write_all_at(int descriptor, bytes_view data, std::uint64_t offset) noexcept {
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t put = ::pwrite(descriptor, data.data() + done, data.size() - done, static_cast<off_t>(offset + done));
    if (put > 0) {
      done += static_cast<std::size_t>(put);
    } else if (put == 0) {
      errno = EIO;  // a device that takes nothing and names no reason: never loop on it
      return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// The size of an open file; -1 when it fails.
[[nodiscard]] inline std::int64_t file_size(int descriptor) noexcept {
  struct stat about;
  return ::fstat(descriptor, &about) == 0 ? static_cast<std::int64_t>(about.st_size) : -1;
}

[[nodiscard]] inline bool truncate_file(int descriptor, std::uint64_t size) noexcept {
  return retry_interrupted([&] { return ::ftruncate(descriptor, static_cast<off_t>(size)); }) == 0;
}

// ---- flushing: a failed flush is final, so none of these is repeated -----------------------------------------------------------

/// Puts a file's bytes, and the size it needs to find them, on stable storage.
[[nodiscard]] inline bool sync_data(int descriptor) noexcept {
  return ::fdatasync(descriptor) == 0;
}

/// Puts a file's bytes and all its attributes on stable storage; for a directory, the names in it.
[[nodiscard]] inline bool sync_all(int descriptor) noexcept {
  return ::fsync(descriptor) == 0;
}

/// Puts the names in a directory on stable storage: after a file in it was created, renamed or removed.
[[nodiscard]] inline bool sync_directory(int directory) noexcept { return sync_all(directory); }

// ---- names in a directory; `name` is a single component, so that no link on the way can be followed --------------------------------

[[nodiscard]] inline bool make_directory_at(int directory, const char* name, mode_t mode = 0777) noexcept {
  return ::mkdirat(directory, name, mode) == 0;
}

[[nodiscard]] inline bool unlink_at(int directory, const char* name) noexcept { return ::unlinkat(directory, name, 0) == 0; }

/// Removes an empty directory (ENOTEMPTY or EEXIST where it isn't).
[[nodiscard]] inline bool remove_directory_at(int directory, const char* name) noexcept {
  return ::unlinkat(directory, name, AT_REMOVEDIR) == 0;
}

/// Renames; replaces what has the new name, atomically.
[[nodiscard]] inline bool rename_at(int from_directory, const char* from, int to_directory, const char* to) noexcept {
  return ::renameat(from_directory, from, to_directory, to) == 0;
}

/// Lets two names change places, atomically. Both must exist (ENOENT). ENOSYS or EINVAL where the system can't.
[[nodiscard]] inline bool exchange_at(int first_directory, const char* first, int second_directory, const char* second) noexcept {
#if defined(SYS_renameat2)
  constexpr unsigned exchange = 2;  // RENAME_EXCHANGE, which not every C library declares
  return ::syscall(SYS_renameat2, first_directory, first, second_directory, second, exchange) == 0;
#else
  static_cast<void>(first_directory), static_cast<void>(first), static_cast<void>(second_directory), static_cast<void>(second);
  errno = ENOSYS;
  return false;
#endif
}

/// Calls `visit(std::string_view name, unsigned char d_type)` for every name but "." and "..", in no order, until it returns false.
/// `d_type` may be DT_UNKNOWN. Names that appear or go meanwhile may be missed or seen. False with `errno` set when it fails.
template <class Visit>
[[nodiscard]] bool list_directory(int directory, Visit&& visit) {
  struct closing {
    DIR* stream;
    ~closing() {
      const int kept = errno;
      if (stream != nullptr) ::closedir(stream);
      errno = kept;
    }
  };
  // A descriptor of its own: the position belongs to the open file, and others may be listing the same directory.
  unique_fd own{retry_interrupted([&] { return ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
  if (!own) return false;
  const closing entries{::fdopendir(own.get())};
  if (entries.stream == nullptr) return false;
  static_cast<void>(own.release());
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.stream);
    if (entry == nullptr) return errno == 0;
    const std::string_view name{entry->d_name};
    if (name == "." || name == "..") continue;
    if (!visit(name, entry->d_type)) return true;
  }
}

}  // namespace quipu::detail
