// SPDX-License-Identifier: BSL-1.0
//
// prefetch.hpp: lets the processor load memory that will be read, so that several places are waited for at once.
#pragma once

namespace quipu::detail {

/// Begins to load a cache line. The address may be any.
inline void prefetch(const void* at) noexcept {
  __builtin_prefetch(at);
  asm volatile("");  // a function that does nothing else would be taken for one without effect, and left out
}

}  // namespace quipu::detail
