// SPDX-License-Identifier: BSL-1.0
//
// crc32c.hpp: CRC-32C (Castagnoli), the checksum of iSCSI, ext4 and of each frame of the log. It finds damage; it
// doesn't stop anyone who means it, the hash chain does.
//
// Three ways to one value: the processor's crc32 instruction (detail/crc32c_hardware.hpp), a table of eight slices
// (detail/crc32c_portable.hpp), and that same table in constant expressions.
#pragma once

#include "../core/bytes.hpp"

#include <cstdint>

namespace quipu::detail {

/// The CRC-32C of `data`, carried on from `crc`, the checksum of what came before it: `crc32c(b, crc32c(a))` is that of
/// a and b together. Same value as iSCSI's (RFC 3720, B.4). Thread-safe; never fails. In constant expressions,
/// `crc32c_portable`.
[[nodiscard]] std::uint32_t crc32c(bytes_view data, std::uint32_t crc = 0) noexcept;

}  // namespace quipu::detail
