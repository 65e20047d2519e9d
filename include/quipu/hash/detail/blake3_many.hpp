// SPDX-License-Identifier: BSL-1.0
//
// blake3_many.hpp: hashes many short, independent messages, as many at once as the processor's vectors have lanes.
#pragma once

#include "../digest.hpp"
#include "blake3_dispatch.hpp"
#include "blake3_lanes.hpp"
#include "blake3_tree.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

/// `blake3_many` the way that `level` says, which must be able to run here.
void blake3_many_at(blake3_level level, const std::byte* const* inputs, const std::uint32_t* sizes, std::size_t count,
                    digest* out, const blake3_words& key = blake3_initial, std::uint32_t mode = 0) noexcept;

/// `out[i]` becomes the hash of the `sizes[i]` bytes at `inputs[i]`, for each of `count` messages of at most 1,024
/// bytes. `key` and `mode` are as for `blake3_tree`; the default is plain BLAKE3.
void blake3_many(const std::byte* const* inputs, const std::uint32_t* sizes, std::size_t count, digest* out,
                 const blake3_words& key = blake3_initial, std::uint32_t mode = 0) noexcept;

}  // namespace quipu::detail
