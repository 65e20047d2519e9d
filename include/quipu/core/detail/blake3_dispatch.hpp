// SPDX-License-Identifier: BSL-1.0
//
// blake3_dispatch.hpp: which way of compressing this machine takes. Each way can be asked for by name, so that the tests
// can compare them all.
#pragma once

#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

enum class blake3_level : std::uint8_t { portable };

/// The fastest level that this machine can run. Thread-safe; a few loads.
[[nodiscard]] inline blake3_level blake3_best_level() noexcept { return blake3_level::portable; }

/// Compresses one block the way that `level` says, which this machine must be able to run.
template <byte_like Byte>
constexpr void blake3_compress(blake3_level, blake3_words& chain, const Byte* block, std::uint64_t counter, std::uint32_t length,
                               std::uint32_t flags) noexcept {
  blake3_compress_portable(chain, block, counter, length, flags);
}

}  // namespace quipu::detail
