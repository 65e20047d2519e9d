// SPDX-License-Identifier: BSL-1.0
//
// recorded_end.hpp: the end that a log had when it was closed, kept in a file of its own. A log only grows: compaction
// keeps its numbers. So a log that ends before its recorded end has lost events, which the segments alone cannot show:
// a last segment that was removed, or cut at the end of a commit, looks like one that a crash left.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// `quipu.end`.
struct recorded_end {
  struct layout {
    static constexpr field<std::uint64_t> next_sequence{48};
    static constexpr field<std::uint64_t> reserved{56};
    static constexpr field<digest> head{64};  ///< the log's head after the events before `next_sequence`; 0 unchained
  };
  static constexpr std::size_t size = 96;
  static_assert(fields_fill(file_head::common_size, size, layout::next_sequence, layout::reserved, layout::head));
  static constexpr std::string_view magic{"QUIPUEND"};

  file_head common{};
  std::uint64_t next_sequence{};
  digest head{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept;
  /// Throws as `file_head::take`, and `errc::corrupt` for another store's file.
  [[nodiscard]] static recorded_end decode(bytes_view raw, const store_identity& identity, const std::string& file);
};

}  // namespace quipu::detail::inline QUIPU_MODE
