// SPDX-License-Identifier: BSL-1.0
//
// crc32c.hpp: CRC-32C (Castagnoli), the checksum of iSCSI, ext4 and of each frame of the log. It finds damage; it
// doesn't stop anyone who means it, the hash chain does.
//
// Three ways to one value: the processor's crc32 instruction (three streams at once for long inputs), a table of eight
// slices, and that same table in constant expressions.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"
#include "detail/cpu.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace quipu::detail {

/// The polynomial 0x1EDC6F41, bits reversed as the checksum keeps them: bit 31 is the coefficient of x^0.
inline constexpr std::uint32_t crc32c_polynomial = 0x82F63B78;

using crc32c_slices = std::array<std::array<std::uint32_t, 256>, 8>;

/// slice[k][b]: what byte b does to the checksum when k more bytes follow it.
[[nodiscard]] constexpr crc32c_slices make_crc32c_slices() noexcept {
  crc32c_slices slices{};
  // The checksum is linear: only the powers of two need their bits shifted out, the rest are sums of those.
  for (std::uint32_t power = 128, value = crc32c_polynomial; power != 0; power /= 2) {
    for (std::uint32_t index = power; index < 256; index += 2 * power)
      for (std::uint32_t below = 0; below < power; ++below) slices[0][index + below] ^= value;
    value = (value >> 1) ^ ((value & 1) != 0 ? crc32c_polynomial : 0);
  }
  for (std::size_t index = 0; index < 256; ++index)
    for (std::size_t slice = 1; slice < 8; ++slice) {
      const std::uint32_t before = slices[slice - 1][index];
      slices[slice][index] = (before >> 8) ^ slices[0][before & 0xFF];
    }
  return slices;
}

inline constexpr crc32c_slices crc32c_table = make_crc32c_slices();

/// The checksum by table: for constant expressions, and for processors without the instruction. `Byte` is any one-byte
/// type.
template <byte_like Byte>
[[nodiscard]] constexpr std::uint32_t crc32c_portable(const Byte* data, std::size_t size,
                                                      std::uint32_t crc = 0) noexcept {
  const auto& table = crc32c_table;
  const auto at = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(data[index]));
  };
  crc = ~crc;
  for (; size >= 8; size -= 8, data += 8) {
    const std::uint32_t low = crc ^ (at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24);
    crc = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
          table[3][at(4)] ^ table[2][at(5)] ^ table[1][at(6)] ^ table[0][at(7)];
  }
  for (; size != 0; --size, ++data) crc = (crc >> 8) ^ table[0][(crc ^ at(0)) & 0xFF];
  return ~crc;
}

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

/// The CRC-32C of `data`, carried on from `crc`, the checksum of what came before it: `crc32c(b, crc32c(a))` is that of
/// a and b together. Same value as iSCSI's (RFC 3720, B.4). Thread-safe; never fails; usable in constant expressions.
[[nodiscard]] constexpr std::uint32_t crc32c(bytes_view data, std::uint32_t crc = 0) noexcept {
#if (defined(__x86_64__) && defined(__GNUC__)) || defined(__ARM_FEATURE_CRC32)
  if (!std::is_constant_evaluated() && crc32c_has_hardware()) return crc32c_hardware(data.data(), data.size(), crc);
#endif
  const std::byte* const from = data.data();
  return crc32c_portable(from, data.size(), crc);
}

}  // namespace quipu::detail
