// SPDX-License-Identifier: BSL-1.0
//
// replica_commit.hpp: what a commit takes from the record of a shared log that it came with, so that it has the same
// ids, times and hashes in the log of each replica.
#pragma once

#include "../../core/detail/field.hpp"
#include "../../macros.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// The place of a commit in a shared log. A commit's last event has it in an extension, so that events and place are
/// written together.
struct shared_place {
  std::uint64_t position{};  ///< of the record
  std::uint32_t index{};     ///< of the commit in the record

  friend auto operator<=>(const shared_place&, const shared_place&) = default;
};

/// The content of an extension of type `shared_place`.
struct shared_place_layout {
  static constexpr field<std::uint64_t> position{0};
  static constexpr field<std::uint32_t> index{8};
  static constexpr std::size_t total_size = 12;
};
static_assert(fields_fill(0, shared_place_layout::total_size, shared_place_layout::position,
                          shared_place_layout::index));

struct replica_commit {
  shared_place place{};
  std::int64_t time_us{};  ///< the reading of the clock that the events' times are made of
  std::uint64_t seed{};    ///< of the random bits of the events' ids
};

}  // namespace quipu::detail::inline QUIPU_MODE
