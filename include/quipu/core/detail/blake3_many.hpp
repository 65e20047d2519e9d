// SPDX-License-Identifier: BSL-1.0
//
// blake3_many.hpp: hashes many short, independent messages.
#pragma once

#include "../digest.hpp"
#include "blake3_tree.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

/// `out[i]` becomes the hash of the `sizes[i]` bytes at `inputs[i]`, for each of `count` messages, of any sizes. `key` and `mode` are as for
/// `blake3_tree`; the default is plain BLAKE3.
inline void blake3_many(const std::byte* const* inputs, const std::uint32_t* sizes, std::size_t count, digest* out,
                        const blake3_words& key = blake3_initial, std::uint32_t mode = 0) noexcept {
  for (std::size_t index = 0; index < count; ++index)
    out[index] = blake3_hash(blake3_best_level(), inputs[index], sizes[index], key, mode);
}

}  // namespace quipu::detail
