// SPDX-License-Identifier: BSL-1.0
//
// commit_size.hpp: the size of a commit, and the limits that the options set for it. Batches and visibility fences are
// checked alike.
#pragma once

#include "../../core/error.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/layout.hpp"
#include "append_entry.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

struct commit_size {
  std::size_t events{};
  std::uint64_t payload_bytes{};
  std::uint64_t frame_bytes{};  ///< at most: every coordinate and schema is counted as if it had to be defined

  /// The most bytes of frames that one commit can take.
  [[nodiscard]] static std::uint64_t frame_bytes_limit(const config& options) noexcept;

  /// Throws `errc::payload_too_large` if the commit exceeds a limit. `subject` names it in the message: "a batch".
  void check(const config& options, std::string_view subject) const;

 private:
  [[noreturn]] static void refuse(const std::string& message, std::uint64_t limit, std::uint64_t actual);
};

/// The bytes of frames that the definitions of an entry's coordinate and schema take.
[[nodiscard]] inline std::uint64_t most_bytes_of_definitions(const append_entry& entry) noexcept {
  std::uint64_t bytes = frame_size(coordinate_definition::size_of(entry.entity, entry.scope), 0, false);
  if (entry.version != 0) bytes += frame_size(schema_definition::size_of(entry.schema, entry.type_name), 0, false);
  return bytes;
}

}  // namespace quipu::detail::inline QUIPU_MODE
