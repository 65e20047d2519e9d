// SPDX-License-Identifier: BSL-1.0
//
// encode.ipp: see codec/detail/encode.hpp.
#pragma once

#include "../../../codec/detail/encode.hpp"
#include "../../../codec/detail/size.hpp"
#include "../../../codec/detail/time.hpp"
#include "../../../codec/schema.hpp"
#include "../../../core/byte_io.hpp"
#include "../../../core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quipu::detail {

QUIPU_DECL void throw_encode_failed(const char* why) { throw error{errc::encode_failed, why}; }

QUIPU_DECL void put_packed(byte_writer& writer, const void* data, std::size_t count, std::size_t element_size) {
  const std::uint32_t stored = checked_count(count);
  const std::size_t size = count * element_size;
  std::byte* const to = writer.extend(sizeof(std::uint32_t) + size);
  store_little_endian(to, stored);
  if (size != 0) std::memcpy(to + sizeof(std::uint32_t), data, size);
}

}  // namespace quipu::detail
