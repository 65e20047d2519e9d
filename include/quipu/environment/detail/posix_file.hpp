// SPDX-License-Identifier: BSL-1.0
//
// posix_file.hpp: files by descriptor. What the journal and the file cache need of the operating system: open relative
// to a directory without following symbolic links, read and write in full, flush, rename, list.
//
// Each function is one idea over one or two system calls. They fail as system calls do: the result says so and `errno`
// says why, so that everyday failures (no such file) cost nothing; `throw_system_error` turns one into a
// `quipu::error`. Interrupted calls are repeated. Every descriptor is opened with O_CLOEXEC. All are thread-safe.
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

#if defined(__linux__)
#include <sys/syscall.h>
#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif
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

  /// Closes what was owned; keeps `errno`. close() isn't repeated when interrupted: Linux has freed the descriptor by
  /// then.
  void reset(int descriptor = -1) noexcept;

 private:
  int descriptor_{-1};
};

/// Lets the descriptor `number` stand for what `source` stands for, in one step: whoever uses the number meanwhile has
/// the old or the new.
[[nodiscard]] bool replace_descriptor(int source, int number) noexcept;

/// The text of an error number. strerror_r has two shapes, GNU's and POSIX's; either is taken.
[[nodiscard]] std::string system_error_text(int number);

/// The code for an error number: `storage_full` where the device, a quota or a size limit has no room, else
/// `io_failed`.
[[nodiscard]] errc errc_of_system_error(int number) noexcept;

[[noreturn]] void throw_system_error(std::string_view operation, std::string path, int number, errc code);

/// Throws `error` for a failed operation on `path`, with the code that `errc_of_system_error(number)` gives.
[[noreturn]] void throw_system_error(std::string_view operation, std::string path, int number);

// ---- opening
// ----------------------------------------------------------------------------------------------------------------

/// Flags for a directory that is only needed as the place to start from: cheaper than opening it, and needs no
/// permission to list it.
#if defined(O_PATH)
inline constexpr int directory_handle_flags = O_PATH | O_DIRECTORY;
#else
inline constexpr int directory_handle_flags = O_RDONLY | O_DIRECTORY;
#endif

/// Opens a path with its last component not followed where it is a symbolic link (ELOOP or ENOTDIR); earlier components
/// are.
[[nodiscard]] unique_fd open_nofollow(int directory, const char* name, int flags, mode_t mode = 0644) noexcept;

/// `open_beneath` where the kernel can't do it in one call: one component after the other, none of them followed.
[[nodiscard]] unique_fd open_beneath_by_component(int directory, const char* relative, int flags, mode_t mode = 0644);

/// Opens `relative` below the open directory `directory`. No component may be a symbolic link (ELOOP, or ENOTDIR), and
/// none may lead out of the directory (EXDEV); `relative` isn't absolute and holds no "..". Invalid with `errno` set
/// when it fails.
[[nodiscard]] unique_fd open_beneath(int directory, const char* relative, int flags, mode_t mode = 0644);

/// The path without trailing slashes and "/.", behind which O_NOFOLLOW would follow a link after all. Empty becomes
/// ".".
[[nodiscard]] std::string without_trailing_slashes(std::string path);

/// Opens a directory that isn't a symbolic link (its parents may be). Invalid with `errno` set when it fails.
[[nodiscard]] unique_fd open_directory(const std::string& path);

/// Creates a directory and the parents it lacks, as `mkdir -p`. True also where it was there already (whatever it is:
/// open it to know).
[[nodiscard]] bool create_directories(const std::string& path, mode_t mode = 0777);

/// Creates a file that must not exist yet (EEXIST), for reading and writing.
[[nodiscard]] unique_fd create_exclusive(int directory, const char* relative, mode_t mode = 0644);

// ---- reading and writing
// ----------------------------------------------------------------------------------------------------

/// Reads up to `count` bytes at `offset`. Returns how many: fewer only where the file ends; -1 when it fails.
[[nodiscard]] ssize_t read_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept;

/// Reads exactly `count` bytes at `offset`. False when it fails; `errno` is 0 when the file was too short for it.
[[nodiscard]] bool read_exact_at(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset) noexcept;

/// Writes all of `data` at `offset`. When it fails, a part of it may have been written.
[[nodiscard]] bool write_all_at(int descriptor, bytes_view data, std::uint64_t offset) noexcept;

/// The size of an open file; -1 when it fails.
[[nodiscard]] std::int64_t file_size(int descriptor) noexcept;

[[nodiscard]] bool truncate_file(int descriptor, std::uint64_t size) noexcept;

// ---- flushing: a failed flush is final, so none of these is repeated
// -----------------------------------------------------------

/// Puts a file's bytes, and the size it needs to find them, on stable storage.
[[nodiscard]] bool sync_data(int descriptor) noexcept;

/// Puts a file's bytes and all its attributes on stable storage; for a directory, the names in it.
[[nodiscard]] bool sync_all(int descriptor) noexcept;

/// Puts the names in a directory on stable storage: after a file in it was created, renamed or removed.
[[nodiscard]] inline bool sync_directory(int directory) noexcept { return sync_all(directory); }

// ---- names in a directory; `name` is a single component, so that no link on the way can be followed
// --------------------------------

[[nodiscard]] bool make_directory_at(int directory, const char* name, mode_t mode = 0777) noexcept;

[[nodiscard]] inline bool unlink_at(int directory, const char* name) noexcept {
  return ::unlinkat(directory, name, 0) == 0;
}

/// Removes an empty directory (ENOTEMPTY or EEXIST where it isn't).
[[nodiscard]] bool remove_directory_at(int directory, const char* name) noexcept;

/// Renames; replaces what has the new name, atomically.
[[nodiscard]] bool rename_at(int from_directory, const char* from, int to_directory, const char* to) noexcept;

/// Lets two names change places, atomically. Both must exist (ENOENT). ENOSYS or EINVAL where the system can't.
[[nodiscard]] bool exchange_at(int first_directory, const char* first, int second_directory,
                               const char* second) noexcept;

/// Calls `visit(std::string_view name, unsigned char d_type)` for every name but "." and "..", in no order, until it
/// returns false. `d_type` may be DT_UNKNOWN. Names that appear or go meanwhile may be missed or seen. False with
/// `errno` set when it fails.
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

}  // namespace quipu::detail::inline QUIPU_MODE
