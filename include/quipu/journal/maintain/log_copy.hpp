// SPDX-License-Identifier: BSL-1.0
//
// log_copy.hpp: copies a log, as one snapshot has it, into another directory.
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "../read/log_snapshot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

/// Gives a directory the files of a sealed segment without copying them, where the environment can; false where it
/// can't, or where a compaction has made another segment of that name since.
[[nodiscard]] bool link_segment(environment_directory& to, const environment_directory& from, const segment& of);

/// Writes the segments of a snapshot, and last of all the file that says what the store is: a copy that was cut short
/// is no store. A sealed segment never changes, so the copy shares it (a hard link) where the file system can.
/// Everything is on stable storage when this returns. Throws `errc::invalid_argument` where the directory has files in
/// it, and as writing does.
void copy_log(environment& world, const environment_directory& source, const log_snapshot& seen, const store_head& head,
              const std::filesystem::path& target);

}  // namespace quipu::detail::inline QUIPU_MODE
