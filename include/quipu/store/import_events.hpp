// SPDX-License-Identifier: BSL-1.0
//
// import_events.hpp: the options and the result of `store::import_events`.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../event/event_view.hpp"
#include "../macros.hpp"
#include "receipts.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace quipu::inline QUIPU_MODE {

struct import_options {
  /// Where an event of the source goes; empty: to the coordinate that it has there.
  std::function<coordinate(const event_view&)> where{};
  /// The events that are brought to stable storage at once; at least 1.
  std::size_t batch_events{1000};
  /// Is called after each batch, with the number of events that were looked at and of all. If it returns false, the
  /// import ends with `errc::cancelled`; what was imported stays.
  std::function<bool(const progress&)> report{};
};

/// What an import did. The static members are the keys under which the metadata of an imported event says where it is
/// from: the lineage of the source, and the event's id and sequence there.
struct import_report {
  static constexpr std::string_view lineage_key = "quipu.source.lineage";
  static constexpr std::string_view id_key = "quipu.source.id";
  static constexpr std::string_view sequence_key = "quipu.source.sequence";

  std::uint64_t imported{};
  std::uint64_t repeated{};        ///< were imported before
  std::uint64_t erased{};          ///< have no content any more, and were left out
  std::uint64_t causes_cleared{};  ///< imported events whose cause was never imported
  friend bool operator==(const import_report&, const import_report&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
