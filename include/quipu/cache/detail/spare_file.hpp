// SPDX-License-Identifier: BSL-1.0
//
// spare_file.hpp: the file in which a writer of the file cache prepares an entry. On ext4, renaming over an existing
// file costs ten times as much as exchanging two names. Each writer therefore keeps the file that it gets back and
// writes its next entry into it.
//
// Spare files lie in `<root>/.spare`. File `<n>` belongs to the writer that holds the lock on `<n>.lock`; the system
// releases the lock when the process ends. A writer takes the lowest free number and reuses the file of a crashed
// writer. There are thus never more spare files than concurrent writers, and none is mistaken for an entry.
#pragma once

#include "../../core/detail/process_mark.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <string>

#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr const char* spare_folder = ".spare";

/// The spare file of one writer. Not thread-safe: the owner serializes the calls.
class spare_file {
 public:
  /// The folder of the spare file and its name in the folder.
  [[nodiscard]] int folder() const noexcept { return folder_.get(); }
  [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }

  /// Returns a number that no other write to this cache uses, mixed from time, process id and a counter.
  [[nodiscard]] std::uint64_t next_writing() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::uint64_t mixed =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
    mixed ^= static_cast<std::uint64_t>(owner_.process_id()) << 40 ^ ++writings_ << 20 ^ number_;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;  // finisher of splitmix64 (S. Vigna), a bijection
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
  }

  /// Takes a number below `root` if this process has none. Returns false, with `errno` set, on failure.
  [[nodiscard]] bool claim(int root) {
    if (is_owned()) return true;
    release();
    folder_ = open_beneath(root, spare_folder, O_RDONLY | O_DIRECTORY);
    if (!folder_ && errno == ENOENT) {
      if (!make_directory_at(root, spare_folder) && errno != EEXIST) return false;
      folder_ = open_beneath(root, spare_folder, O_RDONLY | O_DIRECTORY);
    }
    if (!folder_) return false;
    constexpr std::uint64_t numbers = 65'536;
    for (number_ = 0; number_ < numbers; ++number_) {
      name_ = std::to_string(number_);
      lock_ = open_beneath(folder_.get(), (name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY);
      if (!lock_) return false;
      if (retry_interrupted([&] { return ::flock(lock_.get(), LOCK_EX | LOCK_NB); }) == 0) {
        owner_ = process_mark{};
        return true;
      }
      if (errno != EWOULDBLOCK) return false;
    }
    lock_.reset();
    errno = EAGAIN;
    return false;
  }

  /// Opens the spare file for writing, or creates it. Sets `size` to its size. Only a regular file with a single hard
  /// link is written to. Any other file that an exchange left here (a symbolic link, a FIFO, a file with a second name)
  /// is removed. Returns no descriptor, with `errno` set, on failure.
  [[nodiscard]] unique_fd open(std::uint64_t& size) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (expected_) {
        unique_fd file = open_beneath(folder_.get(), name_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY);
        struct stat about;
        if (file && ::fstat(file.get(), &about) == 0 && S_ISREG(about.st_mode) && about.st_nlink == 1) {
          size = static_cast<std::uint64_t>(about.st_size);
          return file;
        }
        if ((file || errno != ENOENT) && !unlink_at(folder_.get(), name_.c_str()) && errno != ENOENT &&
            !remove_directory_at(folder_.get(), name_.c_str()))
          return {};
      }
      unique_fd made = open_beneath(folder_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL);
      expected_ = true;
      size = 0;
      if (made || errno != EEXIST) return made;
    }
    errno = EBUSY;
    return {};
  }

  /// The spare file became an entry without an exchange: `open` then creates the next one without looking for it.
  void mark_used() noexcept { expected_ = false; }

  /// Removes the spare file: it has the bytes of an entry that was replaced. Takes a number below `root` if this
  /// process has none and there are spare files. Returns false, with `errno` set, on failure.
  [[nodiscard]] bool discard(int root) {
    struct stat about;
    if (::fstatat(root, spare_folder, &about, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    if (!claim(root)) return false;
    expected_ = true;
    return unlink_at(folder_.get(), name_.c_str()) || errno == ENOENT;
  }

  void release() noexcept {
    expected_ = true;
    lock_.reset();
    folder_.reset();
  }

 private:
  /// A forked child shares the lock of its parent, and a deleted lock file excludes no other writer: neither is
  /// ownership.
  [[nodiscard]] bool is_owned() const noexcept {
    struct stat about;
    return lock_ && owner_.has_this_process_id() && ::fstat(lock_.get(), &about) == 0 && about.st_nlink != 0;
  }

  unique_fd folder_;
  unique_fd lock_;
  std::string name_;
  std::uint64_t number_{};
  std::uint64_t writings_{};
  process_mark owner_;  // of the lock
  bool expected_{true};
};

}  // namespace quipu::detail::inline QUIPU_MODE
