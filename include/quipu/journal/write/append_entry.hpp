// SPDX-License-Identifier: BSL-1.0
//
// append_entry.hpp: the arguments and results of a journal for one commit, without C++ event types.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/event_kind.hpp"
#include "../../macros.hpp"
#include "../append_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Counts of a writer's work since it was opened.
struct journal_counts {
  std::uint64_t appends{};  ///< commits: single events and batches
  std::uint64_t flushes{};
  std::uint64_t written_bytes{};
  std::uint64_t segments{};
  std::uint64_t entities{};
  std::uint64_t index_failures{};  ///< index files that couldn't be made
};

/// A commit that is placed.
struct placed_commit {
  std::uint64_t begin{};          ///< sequence of its first event
  std::uint64_t end{};            ///< sequence after its last event; `begin` if all its entries repeat keys
  std::uint64_t durable_until{};  ///< its receipts promise that the events before this are durable
};

/// The options of an entry that has none. Making and destroying others takes longer than checking these.
inline const append_options no_options{};

/// One event to append. Refers to data of the caller, which must exist until the append returns.
struct append_entry {
  std::string_view entity{};
  std::string_view scope{};
  event_kind kind{};
  std::uint16_t version{};  ///< 0 for raw bytes
  bytes_view payload{};
  std::string_view schema{};  ///< text; empty for raw bytes
  std::uint64_t schema_hash{};
  std::string_view type_name{};                ///< of the event type; empty if it has none
  std::uint64_t type_hash{};                   ///< `type_hash_of`; 0 for raw bytes
  const append_options* options{&no_options};  ///< never null
  std::optional<std::size_t> cause_item{};     ///< an earlier entry of the same batch
};

/// Whether two entries' events have the same type and kind.
[[nodiscard]] inline bool have_one_type(const append_entry& left, const append_entry& right) noexcept {
  return left.kind == right.kind && left.version == right.version && left.type_hash == right.type_hash;
}

}  // namespace quipu::detail::inline QUIPU_MODE
