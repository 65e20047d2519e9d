// SPDX-License-Identifier: BSL-1.0
//
// cpu.ipp: see hash/detail/cpu.hpp.
#pragma once

#include "../../../hash/detail/cpu.hpp"

namespace quipu::detail {

QUIPU_DECL bool cpu_has_crc32_and_pclmul() noexcept {
  return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

}  // namespace quipu::detail
