// SPDX-License-Identifier: BSL-1.0
//
// version.hpp: the version of the library, and that of the file format which it writes. They change independently: see
// docs/reference/stability.md. Each is there as a macro, for `#if`, and as a constant.
#pragma once

#include <compare>
#include <cstdint>

#define QUIPU_VERSION_MAJOR 0
#define QUIPU_VERSION_MINOR 1
#define QUIPU_VERSION_PATCH 0
/// The version as one number that grows with it: 10,000 * major + 100 * minor + patch.
#define QUIPU_VERSION (QUIPU_VERSION_MAJOR * 10000 + QUIPU_VERSION_MINOR * 100 + QUIPU_VERSION_PATCH)
#define QUIPU_FORMAT_VERSION 1

namespace quipu {

struct library_version {
  std::uint16_t major{};
  std::uint16_t minor{};
  std::uint16_t patch{};

  friend constexpr auto operator<=>(const library_version&, const library_version&) noexcept = default;
};

inline constexpr library_version version{QUIPU_VERSION_MAJOR, QUIPU_VERSION_MINOR, QUIPU_VERSION_PATCH};

/// Version of the on-disk format. A file with a higher one is refused with `errc::unsupported_format`.
inline constexpr std::uint16_t format_version = QUIPU_FORMAT_VERSION;

}  // namespace quipu
