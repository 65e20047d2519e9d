// SPDX-License-Identifier: BSL-1.0
//
// blake3_many.ipp: see hash/detail/blake3_many.hpp.
#pragma once

#include "../../../hash/detail/blake3_dispatch.hpp"
#include "../../../hash/detail/blake3_lanes.hpp"
#include "../../../hash/detail/blake3_many.hpp"
#include "../../../hash/detail/blake3_tree.hpp"
#include "../../../hash/digest.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

QUIPU_DECL void blake3_many_at(blake3_level level, const std::byte* const* inputs, const std::uint32_t* sizes,
                               std::size_t count, digest* out, const blake3_words& key, std::uint32_t mode) noexcept {
  switch (level) {
#if defined(__x86_64__) && defined(__GNUC__)
    case blake3_level::sse41:
      return blake3_lane_runner<blake3_sse41>{key, mode}.run(inputs, sizes, count, out);
    case blake3_level::avx2:
      return blake3_lane_runner<blake3_avx2>{key, mode}.run(inputs, sizes, count, out);
    case blake3_level::avx512:
      return blake3_lane_runner<blake3_avx512>{key, mode}.run(inputs, sizes, count, out);
#endif
    default:
      break;
  }
  for (std::size_t index = 0; index < count; ++index)
    out[index] = blake3_hash(level, inputs[index], sizes[index], key, mode);
}

QUIPU_DECL void blake3_many(const std::byte* const* inputs, const std::uint32_t* sizes, std::size_t count, digest* out,
                            const blake3_words& key, std::uint32_t mode) noexcept {
  blake3_many_at(blake3_best_level(), inputs, sizes, count, out, key, mode);
}

}  // namespace quipu::detail
