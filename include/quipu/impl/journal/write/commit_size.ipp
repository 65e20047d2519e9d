// SPDX-License-Identifier: BSL-1.0
//
// commit_size.ipp: see journal/write/commit_size.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/write/commit_size.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint64_t commit_size::frame_bytes_limit(const config& options) noexcept {
  constexpr std::uint64_t each = 4096;  // heads, extensions and the definition of a coordinate
  return std::max(options.payload_max_bytes, options.batch.max_bytes) + (options.batch.max_size + 16) * each;
}

QUIPU_DECL void commit_size::check(const config& options, std::string_view subject) const {
  if (events > 1 && events > options.batch.max_size)
    refuse(std::string{subject} + " has more events than config.batch.max_size", options.batch.max_size, events);
  if (events > 1 && payload_bytes > options.batch.max_bytes)
    refuse("the payloads of " + std::string{subject} + " are over config.batch.max_bytes", options.batch.max_bytes,
           payload_bytes);
  if (const std::uint64_t limit = frame_bytes_limit(options); frame_bytes > limit)
    refuse(std::string{subject} + " with its coordinates and schemas is too large", limit, frame_bytes);
}

QUIPU_DECL void commit_size::refuse(const std::string& message, std::uint64_t limit, std::uint64_t actual) {
  throw error{errc::payload_too_large, message, {.expected = limit, .actual = actual}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
