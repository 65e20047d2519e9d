// SPDX-License-Identifier: BSL-1.0
//
// journal_compaction.ipp: see journal/maintain/journal_compaction.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/maintain/compaction.hpp"
#include "../../../journal/maintain/journal_compaction.hpp"
#include "../../../journal/maintain/log_compactor.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/write/compaction_access.hpp"
#include "../../../journal/write/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint64_t journal_compaction::next_generation(compaction_access& log) {
  std::uint64_t random{};
  log.files().world()->random(reinterpret_cast<std::byte*>(&random), sizeof random);
  const std::uint64_t now = log.generation();
  if ((now >> 40) + 1 >= generation_count_limit)
    throw error{errc::unsupported_format,
                "the log was compacted too often",
                {.path = log.options().directory.string(), .expected = generation_count_limit}};
  return generation_after(now, random);
}

QUIPU_DECL bool journal_compaction::may_be_decided(const log_files& files) noexcept {
  try {
    return files.is_decided();
  } catch (...) {
    return true;
  }
}

QUIPU_DECL void journal_compaction::discard_replacements(log_files& files) noexcept {
  try {
    files.remove_replacements();
  } catch (...) {
    return;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
