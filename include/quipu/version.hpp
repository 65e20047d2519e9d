// SPDX-License-Identifier: BSL-1.0
//
// version.hpp: the version of the library and of the file format it writes.
#pragma once

#include <cstdint>

namespace quipu {

struct library_version {
  std::uint16_t major{};
  std::uint16_t minor{};
  std::uint16_t patch{};
};

inline constexpr library_version version{0, 1, 0};

/// Version of the on-disk format. A file with a higher one is refused with `errc::unsupported_format`.
inline constexpr std::uint16_t format_version = 1;

}  // namespace quipu
