// SPDX-License-Identifier: BSL-1.0
//
// compaction_access.ipp: see journal/write/compaction_access.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_list.hpp"
#include "../../../journal/write/compaction_access.hpp"
#include "../../../journal/write/log_writer.hpp"
#include "../../../journal/write/notices.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL compaction_access::compaction_access(log_writer& log, const config& options, std::mutex& mutex)
    : log_{log}, options_{options}, mutex_{mutex} {
  journal_lock lock{mutex_, log_.notices()};
  log_.begin_compaction(lock);
}

QUIPU_DECL compaction_access::~compaction_access() {
  const std::lock_guard lock{mutex_};
  log_.end_compaction();
}

QUIPU_DECL segment_list compaction_access::sealed_segments() const {
  const std::lock_guard lock{mutex_};
  return log_.segments().sealed_segments();
}

QUIPU_DECL std::uint64_t compaction_access::generation() const {
  const std::lock_guard lock{mutex_};
  return log_.segments().generation();
}

QUIPU_DECL void compaction_access::check_open() const {
  const std::lock_guard lock{mutex_};
  log_.access().check_open();
}

QUIPU_DECL void compaction_access::replace_segments(const compaction_manifest& manifest,
                                                    const std::vector<std::shared_ptr<segment>>& made) {
  std::shared_ptr<const segment_list> before;  // released after the lock
  const std::lock_guard lock{mutex_};
  before = log_.segments().replace_segments(manifest, made);
}

QUIPU_DECL void compaction_access::write_note() {
  journal_lock lock{mutex_, log_.notices()};
  log_.write_compaction_note(lock);
}

QUIPU_DECL void compaction_access::record_failure(const std::exception_ptr& problem) {
  const journal_lock lock{mutex_, log_.notices()};
  log_.record_failure(problem);
}

}  // namespace quipu::detail::inline QUIPU_MODE
