// SPDX-License-Identifier: BSL-1.0
//
// failing_calls.hpp: runs an operation and makes one of its system calls fail, the first, the second, and so on. With
// it a test tries every failure that an operation can meet, and says what must hold after any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace test_settings {

/// The calls that work on files, without `close`, whose failure nobody handles.
inline constexpr long file_calls[] = {
#ifdef SYS_openat2
    SYS_openat2,
#endif
#ifdef SYS_mkdir
    SYS_mkdir,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
    SYS_openat,     SYS_pread64,   SYS_pwrite64, SYS_fstat,     SYS_statx,     SYS_flock,  SYS_mkdirat,   SYS_unlinkat,
    SYS_renameat,   SYS_renameat2, SYS_dup3,     SYS_ftruncate, SYS_fdatasync, SYS_syncfs, SYS_getdents64};
/// Those of them that a signal can interrupt.
inline constexpr long interruptible_calls[] = {
#ifdef SYS_openat2
    SYS_openat2,
#endif
    SYS_openat,  SYS_pread64, SYS_pwrite64, SYS_flock, SYS_ftruncate};

/// What became of an operation.
struct failed_call {
  long call{};                  ///< the number of the system call that failed; 0 if the operation made fewer calls
  std::exception_ptr thrown{};  ///< what the operation threw
  bool is_possible{};           ///< false if this system lets no thread filter its system calls
};

namespace detail {

/// Installs a filter that asks before each of these calls. Returns the descriptor that is asked, or -1.
inline int ask_before(std::span<const long> calls) {
  std::vector<sock_filter> steps{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const long call : calls) {
    steps.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    steps.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  }
  steps.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(steps.size()), steps.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
}

/// Answers until the thread that asks has ended. Returns the call that was made to fail.
inline long answer(int listener, std::size_t which, int number) {
  long failed = 0;
  for (std::size_t asked = 0;;) {
    pollfd event{listener, POLLIN, 0};
    if (::poll(&event, 1, -1) < 0) continue;
    if ((event.revents & POLLIN) == 0) break;
    seccomp_notif question{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) != 0) continue;
    seccomp_notif_resp response{};
    response.id = question.id;
    if (++asked == which) {
      failed = question.data.nr;
      response.error = -number;
    } else {
      response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  }
  ::close(listener);
  return failed;
}

}  // namespace detail

/// Calls an operation on a thread of its own. Of the given system calls that it makes, the `which`th, counted from 1,
/// is not made and fails with the error number `number`.
template <class Operation>
failed_call fail_call(std::size_t which, int number, std::span<const long> calls, Operation operation) {
  failed_call result;
  std::promise<int> listening;
  std::thread worker{[&] {
    const int listener = detail::ask_before(calls);
    listening.set_value(listener);
    if (listener < 0) return;
    try {
      operation();
    } catch (...) {
      result.thrown = std::current_exception();
    }
  }};
  const int listener = listening.get_future().get();
  result.is_possible = listener >= 0;
  if (result.is_possible) result.call = detail::answer(listener, which, number);
  worker.join();
  return result;
}

}  // namespace test_settings
