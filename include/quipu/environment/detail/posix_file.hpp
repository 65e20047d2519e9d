// SPDX-License-Identifier: BSL-1.0
//
// posix_file.hpp: file operations on descriptors for the journal and the file cache: open relative to a directory
// without following symbolic links, read and write in full, flush, rename, list.
//
// Each function wraps one or two system calls and fails as they do: the result reports the failure and `errno` holds
// the reason. `throw_system_error` turns it into a `quipu::error`. Interrupted calls are repeated. All descriptors have
// O_CLOEXEC. All functions are thread-safe.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"

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

#include <sys/syscall.h>
#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif

namespace quipu::detail::inline QUIPU_MODE {

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
  unique_fd& operator=(unique_fd&& other) noexcept;
  ~unique_fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  [[nodiscard]] explicit operator bool() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

  /// Closes the owned descriptor; preserves `errno`. An interrupted close() is not repeated, because Linux has already
  /// released the descriptor.
  void reset(int descriptor = -1) noexcept;

 private:
  int descriptor_{-1};
};

/// Makes the descriptor `number` refer to the open file of `source`, atomically: concurrent users of the number see the
/// old file or the new one.
[[nodiscard]] bool replace_descriptor(int source, int number) noexcept;

/// Returns the text of an error number. Accepts both signatures of strerror_r, GNU's and POSIX's.
[[nodiscard]] std::string system_error_text(int number);

/// Returns the code for an error number: `storage_full` if the device, a quota or a size limit is exhausted, else
/// `io_failed`.
[[nodiscard]] errc errc_of_system_error(int number) noexcept;

[[noreturn]] void throw_system_error(std::string_view operation, std::string path, int number, errc code);

/// Throws `error` for a failed operation on `path`, with the code that `errc_of_system_error(number)` gives.
[[noreturn]] void throw_system_error(std::string_view operation, std::string path, int number);
/// Throws for a file that could not be opened: `errc::corrupt` if something else has its name, `errc::not_found` if it
/// is missing and `may_be_missing`, and otherwise as `throw_system_error`.
[[noreturn]] void throw_unopened(std::string_view operation, std::string path, int number, bool may_be_missing = false);
/// Throws `errc::locked` for a lock file that another store or process has locked.
[[noreturn]] void throw_held(std::string path);

// ---- opening

/// Flags for a directory that is only used as the base of relative paths. Cheaper than opening it for reading, and
/// needs no read permission.
inline constexpr int directory_handle_flags = O_PATH | O_DIRECTORY;

/// Opens a path; fails with ELOOP or ENOTDIR if the last component is a symbolic link. Links in earlier components are
/// followed.
[[nodiscard]] unique_fd open_nofollow(int directory, const char* name, int flags, mode_t mode = 0644) noexcept;

/// Implements `open_beneath` for kernels without openat2: opens one component after the other without following links.
[[nodiscard]] unique_fd open_beneath_by_component(int directory, const char* relative, int flags, mode_t mode = 0644);

/// Opens `relative` below the open directory `directory`. Fails if a component is a symbolic link (ELOOP or ENOTDIR) or
/// leads out of the directory (EXDEV). Precondition: `relative` is not absolute and contains no "..". Returns no
/// descriptor, with `errno` set, on failure.
[[nodiscard]] unique_fd open_beneath(int directory, const char* relative, int flags, mode_t mode = 0644);

/// Returns the path without trailing slashes and "/.", because O_NOFOLLOW follows a link before them. An empty path
/// becomes ".".
[[nodiscard]] std::string without_trailing_slashes(std::string path);

/// Whether a path is a symbolic link. Leaves `errno` as it is.
[[nodiscard]] bool is_symbolic_link(const std::string& path) noexcept;

/// Opens a directory that is not a symbolic link; its parents may be. Returns no descriptor, with `errno` set, on
/// failure.
[[nodiscard]] unique_fd open_directory(const std::string& path);

/// Creates a directory and its missing parents, like `mkdir -p`. Returns true also if the path existed; it may then be
/// a file of any type.
[[nodiscard]] bool create_directories(const std::string& path, mode_t mode = 0777);

/// Creates a file for reading and writing; fails with EEXIST if it exists.
[[nodiscard]] unique_fd create_exclusive(int directory, const char* relative, mode_t mode = 0644);

// ---- reading and writing

/// Reads up to `count` bytes at `offset`. Returns the number of bytes read, less than `count` only at the end of the
/// file; -1 on failure.
[[nodiscard]] ssize_t read_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept;

/// Reads exactly `count` bytes at `offset`. Returns false on failure; `errno` is 0 if the file is too short.
[[nodiscard]] bool read_exact_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept;

/// Writes all of `data` at `offset`. After a failure, part of the data may have been written.
[[nodiscard]] bool write_all_at(int descriptor, bytes_view data, std::uint64_t offset) noexcept;

/// Asks for the size of an open file and how many names it has, and not for its times, as fstat does: Linux 6.13 and
/// later give a file whose times were asked for an exact one at the next write, and flushing that write then takes half
/// as long again.
[[nodiscard]] bool look_at_size(int descriptor, struct statx& about) noexcept;
/// Returns the size of an open file; -1 on failure.
[[nodiscard]] std::int64_t file_size(int descriptor) noexcept;

[[nodiscard]] bool truncate_file(int descriptor, std::uint64_t size) noexcept;

// ---- flushing: a failed flush is final and is never repeated

/// Lets the device begin to write a part of a file (sync_file_range), and does not wait. Errors are left to the flush.
void start_write_back(int descriptor, std::uint64_t offset, std::uint64_t count) noexcept;

/// Flushes a file's bytes and its size (fdatasync).
[[nodiscard]] bool sync_data(int descriptor) noexcept;

/// Flushes a file's bytes and all its attributes; for a directory, the names in it (fsync).
[[nodiscard]] bool sync_all(int descriptor) noexcept;

/// Flushes the names in a directory, after a file in it was created, renamed or removed.
[[nodiscard]] inline bool sync_directory(int directory) noexcept { return sync_all(directory); }

// ---- names in a directory: `name` is a single component, so that no link can be followed

[[nodiscard]] bool make_directory_at(int directory, const char* name, mode_t mode = 0777) noexcept;

[[nodiscard]] inline bool unlink_at(int directory, const char* name) noexcept {
  return ::unlinkat(directory, name, 0) == 0;
}

/// Removes an empty directory; fails with ENOTEMPTY or EEXIST otherwise.
[[nodiscard]] bool remove_directory_at(int directory, const char* name) noexcept;

/// Renames; replaces an existing file with the new name atomically.
[[nodiscard]] bool rename_at(int from_directory, const char* from, int to_directory, const char* to) noexcept;

/// Exchanges two names atomically. Fails with ENOENT if one is missing, and with ENOSYS or EINVAL if the system cannot
/// exchange.
[[nodiscard]] bool exchange_at(int first_directory, const char* first, int second_directory,
                               const char* second) noexcept;

/// Calls `visit(std::string_view name, unsigned char d_type)` for every name except "." and "..", in no order, until it
/// returns false. `d_type` may be DT_UNKNOWN. Names that are created or removed during the call may be included or not.
/// Returns false, with `errno` set, on failure.
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
  // A separate descriptor: the read position belongs to the open file, which other threads may be listing.
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

}  // namespace quipu::detail::inline QUIPU_MODE
