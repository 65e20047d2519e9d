// SPDX-License-Identifier: BSL-1.0
//
// blake3_dispatch.hpp: which way of compressing this machine takes. Each way can be asked for by name, so that the
// tests can compare them all.
#pragma once

#include "blake3_avx2.hpp"
#include "blake3_avx512.hpp"
#include "blake3_portable.hpp"
#include "blake3_sse41.hpp"
#include "cpu.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quipu::detail {

/// The ways of compressing, slowest first. All exist everywhere; which of them can run, `blake3_can_run` says.
enum class blake3_level : std::uint8_t { portable, sse41, avx2, avx512 };

inline constexpr blake3_level blake3_levels[] = {blake3_level::portable, blake3_level::sse41, blake3_level::avx2,
                                                 blake3_level::avx512};

/// Whether this machine, and this build, has what a level needs. Thread-safe; a few loads.
[[nodiscard]] bool blake3_can_run(blake3_level level) noexcept;

/// The fastest level that can run here.
[[nodiscard]] blake3_level blake3_best_level() noexcept;

/// Compresses one block the way that `level` says, which must be able to run here.
template <byte_like Byte>
constexpr void blake3_compress(blake3_level level, blake3_words& chain, const Byte* block, std::uint64_t counter,
                               std::uint32_t length, std::uint32_t flags) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  if (!std::is_constant_evaluated() && level != blake3_level::portable) {
    const auto* raw = reinterpret_cast<const std::byte*>(block);
    return blake3_sse41::compress(chain, raw, counter, length, flags);
  }
#endif
  static_cast<void>(level);
  blake3_compress_portable(chain, block, counter, length, flags);
}

}  // namespace quipu::detail
