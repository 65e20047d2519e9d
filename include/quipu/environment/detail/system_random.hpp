// SPDX-License-Identifier: BSL-1.0
//
// system_random.hpp: random bytes from the operating system.
#pragma once

#include "../../macros.hpp"
#include "posix_file.hpp"

#include <cerrno>
#include <cstddef>

#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

/// Fills `count` bytes. Throws `errc::io_failed` if the system has no entropy; there is no weaker fallback.
inline void fill_random(std::byte* to, std::size_t count) {
  constexpr std::size_t max_per_call = 256;  // limit of getentropy
  while (count > 0) {
    const std::size_t part = count < max_per_call ? count : max_per_call;
    if (::getentropy(to, part) != 0) throw_system_error("get random bytes", {}, errno);
    to += part;
    count -= part;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
