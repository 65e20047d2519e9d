// SPDX-License-Identifier: BSL-1.0
//
// crc32c.ipp: see hash/crc32c.hpp.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../hash/crc32c.hpp"
#include "../../hash/detail/cpu.hpp"
#include "../../hash/detail/crc32c_hardware.hpp"
#include "../../hash/detail/crc32c_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quipu::detail {

#if defined(__x86_64__) && defined(__GNUC__)

QUIPU_DECL std::uint64_t crc32c_serial(const std::byte* data, std::size_t size, std::uint64_t crc) noexcept {
  for (const std::byte* const end = data + size / 8 * 8; data != end; data += 8) {
    unsigned long long word;
    std::memcpy(&word, data, 8);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  auto narrow = static_cast<std::uint32_t>(crc);
  if ((size & 4) != 0) {
    std::uint32_t word;
    std::memcpy(&word, data, 4);
    narrow = __builtin_ia32_crc32si(narrow, word);
    data += 4;
  }
  if ((size & 2) != 0) {
    std::uint16_t word;
    std::memcpy(&word, data, 2);
    narrow = __builtin_ia32_crc32hi(narrow, word);
    data += 2;
  }
  if ((size & 1) != 0) narrow = __builtin_ia32_crc32qi(narrow, std::to_integer<unsigned char>(*data));
  return narrow;
}

QUIPU_DECL std::uint32_t crc32c_hardware(const std::byte* data, std::size_t size, std::uint32_t crc) noexcept {
  std::uint64_t running = ~crc;
  if (size >= 3 * 128) {
    running = crc32c_three_streams<1360>(data, size, running);
    running = crc32c_three_streams<128>(data, size, running);
  }
  return ~static_cast<std::uint32_t>(crc32c_serial(data, size, running));
}

#endif

QUIPU_DECL std::uint32_t crc32c(bytes_view data, std::uint32_t crc) noexcept {
#if (defined(__x86_64__) && defined(__GNUC__)) || defined(__ARM_FEATURE_CRC32)
  if (crc32c_has_hardware()) return crc32c_hardware(data.data(), data.size(), crc);
#endif
  return crc32c_portable(data.data(), data.size(), crc);
}

}  // namespace quipu::detail
