// SPDX-License-Identifier: BSL-1.0
//
// cpu.hpp: what this machine's processor can do, asked at run time, so that one binary uses the best instructions that
// each machine has and nobody needs -march. Functions that use them carry [[gnu::target]]; other compilers get the
// portable code.
#pragma once

namespace quipu::detail {

#if defined(__x86_64__) && defined(__GNUC__)

[[nodiscard]] bool cpu_has_crc32_and_pclmul() noexcept;
[[nodiscard]] inline bool cpu_has_sse41() noexcept { return __builtin_cpu_supports("sse4.1"); }
[[nodiscard]] inline bool cpu_has_avx2() noexcept { return __builtin_cpu_supports("avx2"); }
[[nodiscard]] inline bool cpu_has_avx512() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

#endif

}  // namespace quipu::detail
