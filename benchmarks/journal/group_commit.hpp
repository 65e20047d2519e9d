// SPDX-License-Identifier: BSL-1.0
//
// group_commit.hpp: the limit of a durable append: a write and an fdatasync into space that is there already, and
// nothing else. Of several threads, one writes and flushes for all that wait.
#pragma once

#include "workload.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace journal_bench {

class group_commit {
 public:
  /// Fills 16 MiB of a new file with zeros and flushes them.
  group_commit(const std::string& file, std::size_t event_bytes) : event_bytes_{event_bytes} {
    file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    must(file_ >= 0, "open " + file);
    const std::vector<char> zeros(file_bytes);
    must(::pwrite(file_, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()) && ::fsync(file_) == 0,
         "preallocate");
  }
  group_commit(const group_commit&) = delete;
  group_commit& operator=(const group_commit&) = delete;
  ~group_commit() { ::close(file_); }

  /// Returns when one more event is on stable storage.
  void commit() {
    std::unique_lock lock{mutex_};
    waiting_.resize(waiting_.size() + event_bytes_, 'e');
    const std::uint64_t mine = ++placed_;
    while (durable_ < mine) {
      if (busy_) {
        flushed_.wait(lock);
        continue;
      }
      busy_ = true;
      flying_.swap(waiting_);
      const std::uint64_t until = placed_;
      if (at_ + flying_.size() > file_bytes) at_ = 0;
      lock.unlock();
      must(::pwrite(file_, flying_.data(), flying_.size(), static_cast<off_t>(at_)) ==
               static_cast<ssize_t>(flying_.size()),
           "pwrite");
      must(::fdatasync(file_) == 0, "fdatasync");
      lock.lock();
      at_ += flying_.size();
      flying_.clear();
      durable_ = until;
      busy_ = false;
      flushed_.notify_all();
    }
  }

 private:
  static constexpr std::size_t file_bytes = std::size_t{16} << 20;
  std::size_t event_bytes_;
  int file_{-1};
  std::mutex mutex_;
  std::condition_variable flushed_;
  std::vector<char> waiting_;
  std::vector<char> flying_;
  std::uint64_t placed_{};
  std::uint64_t durable_{};
  std::size_t at_{};
  bool busy_{};
};

}  // namespace journal_bench
