// SPDX-License-Identifier: BSL-1.0
//
// replica_mark.hpp: says that a log is a replica's, so that nothing else writes to it: what a plain writer appends or
// drops is in no other replica. Events alone don't say it: a replica may have none yet, or those of before.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../macros.hpp"
#include "layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

enum class replica_state : std::uint64_t {
  replica = 1,  ///< only records of the shared log are written to the log
  left = 2,     ///< it was a replica's; its events are its own since
};

/// `quipu.replica`.
struct replica_mark {
  struct layout {
    static constexpr field<std::uint64_t> state{48};
  };
  static constexpr std::size_t size = 56;
  static_assert(fields_fill(file_head::common_size, size, layout::state));
  static constexpr std::string_view magic{"QUIPUREP"};

  file_head common{};
  replica_state state{};

  [[nodiscard]] std::array<std::byte, size> encode() const noexcept;
  /// Throws as `file_head::take`, and `errc::corrupt` for another store's file or an unknown state.
  [[nodiscard]] static replica_mark decode(bytes_view raw, const store_identity& identity, const std::string& file);
};

}  // namespace quipu::detail::inline QUIPU_MODE
