// SPDX-License-Identifier: BSL-1.0
//
// commit_size.hpp: the size of a commit, and the limits that the options set for it. Batches and visibility fences are
// checked alike.
#pragma once

#include "../../core/error.hpp"
#include "../config.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail {

struct commit_size {
  std::size_t events{};
  std::uint64_t payload_bytes{};
  std::uint64_t frame_bytes{};  ///< at most: every coordinate and schema is counted as if it had to be defined

  /// The most bytes of frames that one commit can take.
  [[nodiscard]] static std::uint64_t frame_bytes_limit(const config& options) noexcept {
    constexpr std::uint64_t each = 4096;  // heads, extensions and the definition of a coordinate
    return std::max(options.payload_max_bytes, options.batch.max_bytes) + (options.batch.max_size + 16) * each;
  }

  /// Throws `errc::payload_too_large` if the commit exceeds a limit. `subject` names it in the message: "a batch".
  void check(const config& options, std::string_view subject) const {
    if (events > 1 && events > options.batch.max_size)
      refuse(std::string{subject} + " has more events than config.batch.max_size", options.batch.max_size, events);
    if (events > 1 && payload_bytes > options.batch.max_bytes)
      refuse("the payloads of " + std::string{subject} + " are over config.batch.max_bytes", options.batch.max_bytes,
             payload_bytes);
    if (const std::uint64_t limit = frame_bytes_limit(options); frame_bytes > limit)
      refuse(std::string{subject} + " with its coordinates and schemas is too large", limit, frame_bytes);
  }

 private:
  [[noreturn]] static void refuse(const std::string& message, std::uint64_t limit, std::uint64_t actual) {
    throw error{errc::payload_too_large, message, {.expected = limit, .actual = actual}};
  }
};

}  // namespace quipu::detail
