// SPDX-License-Identifier: BSL-1.0
//
// reports.ipp: see journal/reports.hpp.
#pragma once

#include "../../journal/reports.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL std::string opening_report::str() const {
  std::string text{name_of(path)};
  text.append(": ").append(std::to_string(events)).append(" events, ");
  text.append(std::to_string(segments)).append(" segments (").append(std::to_string(indexed)).append(" by index), ");
  text.append(std::to_string(scanned_bytes)).append(" bytes read, ");
  text.append(std::to_string(cut_bytes)).append(" cut off, ");
  text.append(std::to_string(duration.count() / 1000)).append(" us");
  return text;
}

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void count_segment(opening_report& report, bool by_index, std::uint64_t begin, std::uint64_t end) noexcept {
  ++report.segments;
  if (by_index) ++report.indexed;
  if (!by_index || begin != end) ++report.scanned;
  report.scanned_bytes += end - begin;
}

}  // namespace quipu::detail::inline QUIPU_MODE
