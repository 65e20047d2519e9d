// SPDX-License-Identifier: BSL-1.0
//
// posix_open.hpp: how the journal's files and directories are opened and made: regular files only, never on the
// standard streams' descriptors, and directories whose names outlive a power failure. As in posix_file.hpp, `errno`
// says why something failed.
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

/// The same open file under a number above 2. In a program that closed its standard streams, a file could get the
/// number of one, and the next message to stderr would overwrite events.
[[nodiscard]] inline unique_fd above_standard_streams(unique_fd opened) noexcept {
  if (opened && opened.get() <= STDERR_FILENO)
    opened = unique_fd{::fcntl(opened.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  return opened;
}

/// Opens or creates a regular file by its name in `directory`; no link is followed. EISDIR for a directory, EINVAL for
/// a pipe or a device, ELOOP for a symbolic link.
[[nodiscard]] inline unique_fd open_regular_file(int directory, const char* name, int flags,
                                                 mode_t mode = 0644) noexcept {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever. It means nothing to a regular file.
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

/// The directory that holds the last component of a path without trailing slashes.
[[nodiscard]] inline std::string parent_directory(const std::string& whole) {
  const std::size_t slash = whole.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : without_trailing_slashes(whole.substr(0, slash));
}

/// Creates a directory and the parents it lacks; `flush(parent, true)` is called, and must be true, after each name
/// that is made and before anything is made below it. First comes `flush(parent, false)` for the last directory that
/// was there already: whoever made that one may have died before flushing its name, and by the same order it is the
/// only one on the path whose name can be unflushed.
template <class Flush>
[[nodiscard]] bool create_directories_in_order(const std::string& whole, Flush& flush) {
  const std::string parent = parent_directory(whole);
  struct stat about;
  if (::stat(whole.c_str(), &about) == 0) return flush(parent, false);
  if (errno != ENOENT || parent == whole || !create_directories_in_order(parent, flush)) return false;
  if (::mkdir(whole.c_str(), 0777) != 0 && errno != EEXIST) return false;
  return flush(parent, true);
}

/// Opens a directory that isn't a symbolic link; where it may be created, it is there after a power failure as well.
/// What is left when it fails half-way is harmless: empty directories.
[[nodiscard]] inline unique_fd open_durable_directory(const std::string& whole, bool create) {
  unique_fd opened = above_standard_streams(open_directory(whole));
  if (!create || (!opened && errno != ENOENT)) return opened;
  auto flush = [](const std::string& parent, bool created) {
    const unique_fd holder{
        retry_interrupted([&] { return ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
    if (holder && sync_directory(holder.get())) return true;
    // A name that was there may be in a directory that we may not read, or that its file system can't flush (a mount
    // point's).
    return !created && (holder ? errno == EINVAL : errno == EACCES || errno == EPERM);
  };
  if (!create_directories_in_order(whole, flush)) return {};
  return opened ? std::move(opened) : above_standard_streams(open_directory(whole));
}

}  // namespace quipu::detail::inline QUIPU_MODE
