// SPDX-License-Identifier: BSL-1.0
//
// blake3_chunks.ipp: see hash/detail/blake3_chunks.hpp.
#pragma once

#include "../../../hash/detail/blake3_chunks.hpp"
#include "../../../hash/detail/blake3_dispatch.hpp"
#include "../../../hash/detail/blake3_lanes.hpp"
#include "../../../hash/detail/blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quipu::detail {

QUIPU_DECL void blake3_take_chunks(blake3_level level, const std::byte* data, std::size_t count, std::uint64_t chunk,
                                   bool whole, const blake3_words& key, std::uint32_t mode,
                                   blake3_words* out) noexcept {
  const auto run = [&]<class Kernel>(const Kernel*) {
    blake3_chunk_runner<Kernel> runner{key, mode};
    runner.chunks(data, count, chunk, out);
    if (whole) runner.join(out, count);
  };
  static_cast<void>(run);
  switch (level) {
#if defined(__x86_64__) && defined(__GNUC__)
    case blake3_level::sse41:
      return run(static_cast<const blake3_sse41*>(nullptr));
    case blake3_level::avx2:
      return run(static_cast<const blake3_avx2*>(nullptr));
    case blake3_level::avx512:
      return run(static_cast<const blake3_avx512*>(nullptr));
#endif
    default:
      return;
  }
}

}  // namespace quipu::detail
