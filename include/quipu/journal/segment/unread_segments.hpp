// SPDX-License-Identifier: BSL-1.0
//
// unread_segments.hpp: opens the segments before the last two of a log without mapping them. Only the two ends of each
// file are read: its head, and its seal. They tell that the segment is complete, that it is of this store, and that the
// next one goes on where it ends. The rest is mapped, and checked, when a reader first needs the segment.
#pragma once

#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "log_files.hpp"
#include "segment_list.hpp"

#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// The first segments of a log.
struct unread_segments {
  segment_list segments{};
  std::uint64_t next_sequence{};  ///< of the segment that follows
  digest head{};                  ///< the log's head there
  std::uint64_t generation{};     ///< the highest of the segments'

  /// Takes as many as keep their files open, without the last two. Takes none at all if one has no index file or isn't
  /// as it should be: the caller reads them, and finds out what is wrong. `is_shared`: as in `segment_bytes`.
  [[nodiscard]] static unread_segments of(log_files& files, const log_files::placed_list& placed, bool is_shared);

 private:
  /// Takes the next segment; false if it isn't as it should be.
  [[nodiscard]] bool take(log_files& files, const log_files::placed_segment& placed, bool is_shared);
};

}  // namespace quipu::detail::inline QUIPU_MODE
