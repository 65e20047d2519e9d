// SPDX-License-Identifier: BSL-1.0
//
// log_copy.hpp: copies one snapshot of a log into another directory.
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

/// Links the files of a sealed segment into another directory. Returns false if the environment cannot, or if a
/// compaction has replaced the segment under its name.
[[nodiscard]] bool link_segment(environment_directory& to, const environment_directory& from, const segment& of);

/// Throws `errc::invalid_argument` if the target is a store's directory or lies in it. Creates nothing. Symbolic links
/// are resolved.
void require_outside(const std::filesystem::path& store, const std::filesystem::path& target);

/// Writes the segments of a snapshot, the mark of a replica, the record of its end with `head_there`, the log's head at
/// that end, then the file with the store's identity: an interrupted copy is no store. Sealed segments never change, so
/// the copy shares them (hard links) if the file system can. Everything is on stable storage when this returns. Throws
/// `errc::invalid_argument` if the directory has files in it or lies in the source, and what writing throws.
void copy_log(environment& world, const environment_directory& source, const log_snapshot& seen, const store_head& head,
              const digest& head_there, const std::filesystem::path& target);

}  // namespace quipu::detail::inline QUIPU_MODE
