// SPDX-License-Identifier: BSL-1.0
//
// end_file.hpp: the file that records where a log ended when it was closed; see journal/format/recorded_end.hpp.
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "../format/recorded_end.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Creates or replaces the file; when this returns, it is on stable storage. The events that it counts must be there
/// already.
void write_end_file(environment_directory& directory, const recorded_end& end);

/// Reads the file, if there is one. Throws `errc::corrupt`, `errc::unsupported_format`.
[[nodiscard]] std::optional<recorded_end> read_end_file(const environment_directory& directory,
                                                        const store_identity& identity);

inline constexpr const char* end_is_missing =
    "events at the end of the log are missing: it was longer when it was closed";

/// Throws `errc::corrupt` if a log that ends with `next_sequence` has lost events since its end was recorded.
/// `last_segment` is the path of the segment that it ends with.
void require_recorded_end(const std::optional<recorded_end>& recorded, std::uint64_t next_sequence,
                          std::string_view last_segment);

}  // namespace quipu::detail::inline QUIPU_MODE
