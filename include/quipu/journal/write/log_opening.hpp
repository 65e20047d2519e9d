// SPDX-License-Identifier: BSL-1.0
//
// log_opening.hpp: opens the log for its writer. A segment whose index file fits is not read. Any other segment is read
// from its first frame on, and gets an index file. Of segments before the last two only the ends are looked at; but
// after a crash, which may have damaged index files, whether their index files fit, too.
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "../reports.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "../segment/segment_scan.hpp"
#include "../segment/unread_segments.hpp"
#include "log_head.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class log_opening {
  using mapped_segment = log_files::mapped_segment;

 public:
  /// `end` and `head` are those of an empty log, and are set to those of this log.
  log_opening(log_files& files, log_end& end, log_head& head) : files_{files}, end_{end}, head_{head} {}

  /// Opens all segments. The last one is mapped with at least `capacity` bytes. Throws `errc::corrupt`.
  void run(const log_files::placed_list& placed, std::size_t capacity);

  [[nodiscard]] segment_list& segments() noexcept { return segments_; }
  /// The scan of the last segment.
  [[nodiscard]] const scan_result& last() const noexcept { return last_; }
  [[nodiscard]] std::unique_ptr<environment_file>& file() noexcept { return file_; }
  /// The segments and how they were read; the rest is for others to fill in.
  [[nodiscard]] const opening_report& report() const noexcept { return report_; }
  /// The highest generation of the segments.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

 private:
  /// Opens the segments behind `unread`. False if it needs what only reading those tells.
  [[nodiscard]] bool open_all(const log_files::placed_list& placed, unread_segments unread, std::size_t capacity);
  [[nodiscard]] bool open_one(std::uint64_t number, bool is_last, std::size_t capacity);
  /// Whether a segment can be scanned though earlier ones were not read: the one before it was, and after a crash all
  /// have index files that fit.
  [[nodiscard]] bool can_scan(bool was_closed) const;

  /// Whether there are frames behind what the index covers.
  [[nodiscard]] bool goes_on(const mapped_segment& mapped) const noexcept;

  /// Reads what was appended to the last segment after its index was made.
  void read_on(const mapped_segment& mapped);

  /// Makes the index file of the last segment, which is sealed and was scanned, and reads the segment through it from
  /// now on.
  void make_index(const mapped_segment& mapped);

  /// Sets the log's head to the one after the last segment that was opened by its index file.
  void restore_head();

  /// Entities that the table does not have are looked up in these segments.
  void look_in(const segment_list& segments) { end_.entities.look_in(std::make_shared<const segment_list>(segments)); }

  log_files& files_;
  log_end& end_;
  log_head& head_;
  segment_list segments_;
  scan_result last_;
  opening_report report_;
  std::uint64_t generation_{};
  std::unique_ptr<environment_file> file_;
  std::size_t unread_{};  // how many segments, from the first on, were not read
};

}  // namespace quipu::detail::inline QUIPU_MODE
