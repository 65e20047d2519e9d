// SPDX-License-Identifier: BSL-1.0
//
// compaction_access.hpp: what a compaction needs of a log that is being written. Its members take the journal's lock;
// appends and reads continue between them.
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../format/compaction_manifest.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "log_writer.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// While it exists, the log isn't closed and no other compaction begins. For one thread.
class compaction_access {
 public:
  /// Flushes everything that was placed, and seals the active segment if it has events. Throws `errc::busy` if a
  /// compaction is under way, `errc::closed`, `errc::locked`, `errc::writer_failed`, and what writing throws.
  compaction_access(log_writer& log, const config& options, std::mutex& mutex);
  compaction_access(const compaction_access&) = delete;
  compaction_access& operator=(const compaction_access&) = delete;
  ~compaction_access();

  [[nodiscard]] const config& options() const noexcept { return options_; }
  [[nodiscard]] std::int64_t now_us() const { return log_.now_us(); }
  /// The store's files. Those of sealed segments and replacements are the compaction's to change.
  [[nodiscard]] log_files& files() noexcept { return log_.segments().files(); }

  [[nodiscard]] segment_list sealed_segments() const;
  /// The log's generation.
  [[nodiscard]] std::uint64_t generation() const;
  /// Throws `errc::closed` if closing has begun, `errc::locked`, `errc::writer_failed`.
  void check_open() const;

  /// Readers get `made` in place of the segments that the manifest replaces from now on. Those who have the old ones
  /// keep them.
  void replace_segments(const compaction_manifest& manifest, const std::vector<std::shared_ptr<segment>>& made);
  /// Tells followers, through the log, that events were dropped or erased. Throws what writing throws.
  void write_note();
  /// What is on the disk is not what the writer has: nothing more is accepted.
  void record_failure(const std::exception_ptr& problem);

 private:
  log_writer& log_;
  const config& options_;
  std::mutex& mutex_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
