// SPDX-License-Identifier: BSL-1.0
//
// crc32c_portable.hpp: CRC-32C by a table of eight slices: for constant expressions, and for processors without the
// instruction.
#pragma once

#include "../../core/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

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

}  // namespace quipu::detail
