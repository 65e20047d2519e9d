// SPDX-License-Identifier: BSL-1.0
//
// single_append.hpp: the straight way into the log, for the most frequent append: one event without conditions, links
// or a key, whose coordinate and schema the active segment has. It becomes one frame, and nothing has to be prepared.
// Everything else goes through `placement`, with the same result.
#pragma once

#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "append_entry.hpp"
#include "commit_size.hpp"
#include "entity_table.hpp"
#include "schema_ledger.hpp"
#include "tail_buffer.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// Refers to the entry, which the caller keeps. Not thread-safe.
class single_append {
 public:
  /// Whether nothing about an entry is unusual, and no observer measures it. The others may be invalid: `placement`
  /// checks them.
  [[nodiscard]] static bool takes(const append_entry& entry, const config& options) noexcept;

  /// `entry` must be one that `takes` accepted.
  single_append(const append_entry& entry, bool chained) noexcept
      : entry_{entry}, chained_{chained}, size_{frame_size(entry.payload.size(), 0, chained)} {}

  [[nodiscard]] const append_entry& entry() const noexcept { return entry_; }
  /// Size of the frame.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The most bytes of frames that the commit could take, as `placement` counts them: both begin the next segment at
  /// the same event.
  [[nodiscard]] std::uint64_t most_bytes() const noexcept { return size_ + most_bytes_of_definitions(entry_); }

  /// Finds the coordinate and the schema; false if the segment lacks one of them, or the schema or the name of the type
  /// is another. `segment`
  /// identifies the active segment in their slots.
  [[nodiscard]] bool find(entity_table& entities, schema_ledger& schemas, std::uint64_t segment) noexcept;

  /// Writes the frame and fills in the receipt, which is a new one. `find` has returned true, and the buffer has room.
  void write(tail_buffer& to, std::uint64_t sequence, const event_id& id, receipt& given) const noexcept;

 private:
  const append_entry& entry_;
  bool chained_;
  std::size_t size_;
  coordinate_slot* slot_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
