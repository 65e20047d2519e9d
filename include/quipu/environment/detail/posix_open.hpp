// SPDX-License-Identifier: BSL-1.0
//
// posix_open.hpp: opens and creates the journal's files and directories: only regular files, never on the descriptors
// of the standard streams, and directories whose names survive a power failure. As in posix_file.hpp, `errno` holds the
// reason of a failure.
#pragma once

#include "../../macros.hpp"
#include "posix_file.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

/// Returns the same open file with a descriptor above 2. If a program has closed its standard streams, a file could get
/// the descriptor of stderr, and a message would overwrite events.
[[nodiscard]] inline unique_fd above_standard_streams(unique_fd opened) noexcept {
  if (opened && opened.get() <= STDERR_FILENO)
    opened = unique_fd{::fcntl(opened.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  return opened;
}

/// Opens or creates a regular file by its name in `directory`, without following links. Fails with EISDIR for a
/// directory, EINVAL for a pipe or a device, and ELOOP for a symbolic link.
[[nodiscard]] inline unique_fd open_regular_file(int directory, const char* name, int flags,
                                                 mode_t mode = 0644) noexcept {
  // O_NONBLOCK: opening a pipe must not wait for a writer. It has no effect on regular files.
  unique_fd opened = above_standard_streams(open_nofollow(directory, name, flags | O_NONBLOCK | O_NOCTTY, mode));
  if (!opened) return {};
  struct stat about;
  if (::fstat(opened.get(), &about) != 0) return {};
  if (!S_ISREG(about.st_mode)) {
    errno = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    return {};
  }
  return opened;
}

/// Returns the directory that contains the last component of a path without trailing slashes.
[[nodiscard]] inline std::string parent_directory(const std::string& whole) {
  const std::size_t slash = whole.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : without_trailing_slashes(whole.substr(0, slash));
}

/// Creates a directory and its missing parents. After each creation, and before anything is created below it, calls
/// `flush(parent, true)`, which must return true. First calls `flush(parent, false)` for the deepest existing
/// directory: its creator may have crashed before the flush, and by this order it is the only name on the path that can
/// be unflushed.
template <class Flush>
[[nodiscard]] bool create_directories_in_order(const std::string& whole, Flush& flush) {
  const std::string parent = parent_directory(whole);
  struct stat about;
  if (::stat(whole.c_str(), &about) == 0) return flush(parent, false);
  if (errno != ENOENT || parent == whole || !create_directories_in_order(parent, flush)) return false;
  if (::mkdir(whole.c_str(), 0777) != 0 && errno != EEXIST) return false;
  return flush(parent, true);
}

/// Opens a directory that is not a symbolic link. With `create`, creates it durably if it is missing. A failure may
/// leave empty directories.
[[nodiscard]] inline unique_fd open_durable_directory(const std::string& whole, bool create) {
  unique_fd opened = above_standard_streams(open_directory(whole));
  if (!create || (!opened && errno != ENOENT)) return opened;
  auto flush = [](const std::string& parent, bool created) {
    const unique_fd holder{
        retry_interrupted([&] { return ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
    if (holder && sync_directory(holder.get())) return true;
    // The parent of an existing directory may be unreadable, or its file system may not support flushing it (a mount
    // point's).
    return !created && (holder ? errno == EINVAL : errno == EACCES || errno == EPERM);
  };
  if (!create_directories_in_order(whole, flush)) return {};
  return opened ? std::move(opened) : above_standard_streams(open_directory(whole));
}

}  // namespace quipu::detail::inline QUIPU_MODE
