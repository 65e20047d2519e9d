// SPDX-License-Identifier: BSL-1.0
//
// spare_file.hpp: the file a writer of the cache prepares an entry in. On ext4 it costs ten times as much to rename
// over an existing file as to let two files change places, so each writer keeps the file it got back and writes the
// next entry into that.
//
// Spares live in `<root>/.spare`: file `<n>` belongs to whoever holds a lock on `<n>.lock`, and the system frees the
// lock when its holder dies. The next writer takes the lowest number that is free, and finds there what a crashed one
// has left: so there are never more spares than there were writers at one time, and none of them is ever taken for an
// entry.
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

/// One writer's place among the spares. Not thread-safe: its owner has a mutex.
class spare_file {
 public:
  /// The folder of the spare, and its name in it.
  [[nodiscard]] int folder() const noexcept { return folder_.get(); }
  [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }

  /// A number that no other writing to this cache has: of this process's time, id and count, mixed.
  [[nodiscard]] std::uint64_t next_writing() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::uint64_t mixed =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
    mixed ^= static_cast<std::uint64_t>(owner_.process_id()) << 40 ^ ++writings_ << 20 ^ number_;
    mixed = (mixed ^ mixed >> 30) *
            0xBF58476D1CE4E5B9U;  // the finisher of splitmix64 (S. Vigna): a bijection, nothing is lost
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
  }

  /// Makes sure that this process owns a place below `root`. False with `errno` set when it fails.
  [[nodiscard]] bool claim(int root) {
    if (owned()) return true;
    give_up();
    folder_ = open_beneath(root, spare_folder, O_RDONLY | O_DIRECTORY);
    if (!folder_ && errno == ENOENT) {
      if (!make_directory_at(root, spare_folder) && errno != EEXIST) return false;
      folder_ = open_beneath(root, spare_folder, O_RDONLY | O_DIRECTORY);
    }
    if (!folder_) return false;
    constexpr std::uint64_t places = 65'536;
    for (number_ = 0; number_ < places; ++number_) {
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

  /// Opens the spare for writing, or makes one; `size` is what it holds. Only a regular file that has this one name is
  /// written to: anything else that exchanging has brought here (a link, a FIFO, a file that has a name outside as
  /// well) is removed instead.
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

  /// The spare has become an entry and nothing was given back for it: the next one is made without looking for it
  /// first.
  void used_up() noexcept { expected_ = false; }

  void give_up() noexcept {
    expected_ = true;
    lock_.reset();
    folder_.reset();
  }

 private:
  /// A forked child shares its parent's lock, and a lock file that was deleted locks nobody out: neither is ownership.
  [[nodiscard]] bool owned() const noexcept {
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
