// SPDX-License-Identifier: BSL-1.0
//
// worker_thread.hpp: a thread that is joined. In place of std::thread, whose header would cost every program that includes the library
// more than all threads of the library are worth.
#pragma once

#include "../../core/detail/owner.hpp"
#include "../../core/error.hpp"
#include "posix_file.hpp"

#include <utility>

#include <pthread.h>
#include <unistd.h>

namespace quipu::detail {

/// Runs a function in a thread of its own until it returns. Not thread-safe.
class worker_thread {
 public:
  worker_thread() noexcept = default;
  worker_thread(const worker_thread&) = delete;
  worker_thread& operator=(const worker_thread&) = delete;
  ~worker_thread() { join(); }

  /// Starts `work()`, which must not throw; nothing may be running. Throws `errc::io_failed` where the system gives no thread.
  template <class Work>
  void start(Work work) {
    auto held = make_sole_owner<Work>(std::move(work));
    const int failed = ::pthread_create(&thread_, nullptr, &run<Work>, held.get());
    if (failed != 0) throw_system_error("start a thread", {}, failed);
    static_cast<void>(held.release());
    running_ = true;
  }

  [[nodiscard]] bool joinable() const noexcept { return running_; }

  /// Returns when the function has returned.
  void join() noexcept {
    if (running_) ::pthread_join(thread_, nullptr);
    running_ = false;
  }

 private:
  template <class Work>
  static void* run(void* work) noexcept {
    const sole_owner<Work> held{static_cast<Work*>(work)};
    (*held)();
    return nullptr;
  }

  pthread_t thread_{};
  bool running_{};
};

/// How many threads can run at once; at least 1.
[[nodiscard]] inline unsigned processor_count() noexcept {
  const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<unsigned>(count) : 1;
}

}  // namespace quipu::detail
