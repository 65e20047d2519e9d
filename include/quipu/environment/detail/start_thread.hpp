// SPDX-License-Identifier: BSL-1.0
//
// start_thread.hpp: starts a std::thread and reports failures as `quipu::error`.
#pragma once

#include "../../macros.hpp"
#include "posix_file.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Starts a thread that runs `work()`, which must not throw. Throws `errc::io_failed` if the system cannot start a
/// thread.
template <class Work>
[[nodiscard]] std::thread start_thread(Work&& work) {
  try {
    return std::thread{std::forward<Work>(work)};
  } catch (const std::system_error& refused) {
    throw_system_error("start a thread", {}, refused.code().value());
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
