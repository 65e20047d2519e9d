// SPDX-License-Identifier: BSL-1.0
//
// blake3_dispatch.ipp: see hash/detail/blake3_dispatch.hpp.
#pragma once

#include "../../../hash/detail/blake3_avx2.hpp"
#include "../../../hash/detail/blake3_avx512.hpp"
#include "../../../hash/detail/blake3_dispatch.hpp"
#include "../../../hash/detail/blake3_portable.hpp"
#include "../../../hash/detail/blake3_sse41.hpp"
#include "../../../hash/detail/cpu.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quipu::detail {

QUIPU_DECL bool blake3_can_run(blake3_level level) noexcept {
  switch (level) {
    case blake3_level::portable:
      return true;
#if defined(__x86_64__) && defined(__GNUC__)
    case blake3_level::sse41:
      return cpu_has_sse41();
    case blake3_level::avx2:
      return cpu_has_avx2();
    case blake3_level::avx512:
      return cpu_has_avx512();
#endif
    default:
      return false;
  }
}

QUIPU_DECL blake3_level blake3_best_level() noexcept {
  if (blake3_can_run(blake3_level::avx512)) return blake3_level::avx512;
  if (blake3_can_run(blake3_level::avx2)) return blake3_level::avx2;
  if (blake3_can_run(blake3_level::sse41)) return blake3_level::sse41;
  return blake3_level::portable;
}

}  // namespace quipu::detail
