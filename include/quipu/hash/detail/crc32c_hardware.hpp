// SPDX-License-Identifier: BSL-1.0
//
// crc32c_hardware.hpp: CRC-32C by the processor's crc32 instruction, three streams at once for long inputs.
#pragma once

#include "../../core/byte_io.hpp"
#include "cpu.hpp"
#include "crc32c_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace quipu::detail {

#if defined(__x86_64__) && defined(__GNUC__)

/// The product of two polynomials modulo the checksum's, in its reversed bit order.
[[nodiscard]] constexpr std::uint32_t crc32c_product(std::uint32_t left, std::uint32_t right) noexcept {
  std::uint32_t product = 0;
  for (std::uint32_t bit = 0x80000000U; bit != 0; bit >>= 1) {
    if ((left & bit) != 0) product ^= right;
    right = (right >> 1) ^ ((right & 1) != 0 ? crc32c_polynomial : 0);
  }
  return product;
}
/// x^exponent modulo the polynomial, by squaring.
[[nodiscard]] constexpr std::uint32_t crc32c_power_of_x(std::uint64_t exponent) noexcept {
  std::uint32_t power = 0x80000000U;
  for (std::uint32_t square = 0x40000000U; exponent != 0; exponent /= 2) {
    if (exponent % 2 != 0) power = crc32c_product(power, square);
    square = crc32c_product(square, square);
  }
  return power;
}

/// Serial: three cycles for eight bytes, which is the instruction's latency.
[[nodiscard, gnu::target("sse4.2")]] std::uint64_t crc32c_serial(const std::byte* data, std::size_t size,
                                                                 std::uint64_t crc) noexcept;

/// Three streams of `Part` bytes at once hide the latency; a carry-less multiplication moves the first two checksums
/// past what follows them. (V. Gopal and others, "Fast CRC computation for iSCSI polynomial using CRC32 instruction",
/// Intel, 2011.)
template <std::size_t Part>
[[nodiscard, gnu::target("sse4.2,pclmul")]] inline std::uint64_t crc32c_three_streams(const std::byte*& data,
                                                                                      std::size_t& size,
                                                                                      std::uint64_t crc) noexcept {
  static_assert(Part % 8 == 0);
  typedef long long two_words __attribute__((vector_size(16)));
  // The product of two reversed numbers comes out one bit low, and the crc32 instruction that reduces it multiplies by
  // x^32: 33 less.
  constexpr two_words past_one_and_two = {static_cast<long long>(crc32c_power_of_x(Part * 8 - 33)),
                                          static_cast<long long>(crc32c_power_of_x(Part * 16 - 33))};
  while (size >= 3 * Part) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    unsigned long long word;
    for (std::size_t offset = 0; offset < Part; offset += 8) {
      std::memcpy(&word, data + offset, 8);
      crc = __builtin_ia32_crc32di(crc, word);
      std::memcpy(&word, data + Part + offset, 8);
      second = __builtin_ia32_crc32di(second, word);
      std::memcpy(&word, data + 2 * Part + offset, 8);
      third = __builtin_ia32_crc32di(third, word);
    }
    const two_words first_moved =
        __builtin_ia32_pclmulqdq128(two_words{static_cast<long long>(crc), 0}, past_one_and_two, 0x10);
    const two_words second_moved =
        __builtin_ia32_pclmulqdq128(two_words{static_cast<long long>(second), 0}, past_one_and_two, 0x00);
    crc = third ^ __builtin_ia32_crc32di(0, static_cast<unsigned long long>(first_moved[0] ^ second_moved[0]));
    data += 3 * Part;
    size -= 3 * Part;
  }
  return crc;
}

[[nodiscard, gnu::target("sse4.2,pclmul")]] std::uint32_t crc32c_hardware(const std::byte* data, std::size_t size,
                                                                          std::uint32_t crc) noexcept;
[[nodiscard]] inline bool crc32c_has_hardware() noexcept { return cpu_has_crc32_and_pclmul(); }

#elif defined(__ARM_FEATURE_CRC32)

[[nodiscard]] inline std::uint32_t crc32c_hardware(const std::byte* data, std::size_t size,
                                                   std::uint32_t crc) noexcept {
  crc = ~crc;
  for (; size >= 8; size -= 8, data += 8) crc = __crc32cd(crc, load_little_endian<std::uint64_t>(data));
  for (; size != 0; --size, ++data) crc = __crc32cb(crc, std::to_integer<std::uint8_t>(*data));
  return ~crc;
}
[[nodiscard]] constexpr bool crc32c_has_hardware() noexcept { return true; }

#endif

}  // namespace quipu::detail
