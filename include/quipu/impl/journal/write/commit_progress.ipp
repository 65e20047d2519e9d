// SPDX-License-Identifier: BSL-1.0
//
// commit_progress.ipp: see journal/write/commit_progress.hpp.
#pragma once

#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/commit_progress.hpp"

#include <algorithm>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool commit_progress::fulfils(const placed_commit& made) const noexcept {
  return durable_ >= made.durable_until && (!must_flush() || visible_ >= made.end);
}

QUIPU_DECL bool commit_progress::record_returned(std::uint64_t end) noexcept {
  if (end <= returned_) return false;
  returned_ = end;
  return true;
}

QUIPU_DECL void commit_progress::record_written(std::uint64_t end, bool flushed) noexcept {
  visible_ = end;
  if (flushed) durable_ = end;
}

}  // namespace quipu::detail::inline QUIPU_MODE
