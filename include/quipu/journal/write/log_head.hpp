// SPDX-License-Identifier: BSL-1.0
//
// log_head.hpp: one hash for a whole log: BLAKE3 of the hashes of its events, concatenated in the order of the log. It
// does not depend on where segments begin and end.
#pragma once

#include "../../core/bytes.hpp"
#include "../../hash/blake3.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../read/log_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

/// Continues from the last result. Thread-safe.
class log_head {
 public:
  log_head() = default;
  log_head(const log_head& other) : log_head{other, std::lock_guard{other.mutex_}} {}
  log_head& operator=(const log_head&) = delete;

  /// The head after all events of a snapshot, dropped ones included; if a later head was computed before, that one.
  /// Throws `errc::corrupt`.
  [[nodiscard]] digest after(const log_snapshot& seen);

  /// Saves the head and the state of the hash, for `restore`.
  void save(digest& head, bytes& state) const;
  /// Continues after `count` events if the state yields this head; otherwise the next `after` starts from the beginning
  /// of the log.
  void restore(const digest& head, bytes_view state, std::uint64_t count);

 private:
  log_head(const log_head& other, const std::lock_guard<std::mutex>&)
      : hasher_{other.hasher_}, hashed_{other.hashed_} {}

  /// Adds the hashes of a segment's events before sequence `end`.
  void take(const segment& in, std::uint64_t end);

  /// Adds the hashes of the hole that the next event is in. Returns the sequence after the hole.
  [[nodiscard]] std::uint64_t take_hole(const segment& in, std::uint64_t end);

  void add(const digest& hash) { hashes_.insert(hashes_.end(), hash.bytes().begin(), hash.bytes().end()); }

  mutable std::mutex mutex_;
  blake3_hasher hasher_;
  std::uint64_t hashed_{};  // number of events in `hasher_`
  bytes hashes_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
