// SPDX-License-Identifier: BSL-1.0
//
// log_head.hpp: one hash for a whole log: BLAKE3 of the hashes of its events, one behind the other, in the order of the log. It doesn't
// depend on where segments begin and end.
#pragma once

#include "../../core/blake3.hpp"
#include "../../core/detail/monitor.hpp"
#include "segment.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

/// Carries the hash on from where it was last asked for. Thread-safe.
template <class When>
class basic_log_head {
  using log_snapshot = basic_log_snapshot<When>;

 public:
  /// The head after all events of a snapshot, dropped ones included, or of one that was asked for later.
  [[nodiscard]] digest after(const log_snapshot& seen) {
    const lock_guard lock{mutex_};
    constexpr std::size_t together = std::size_t{32} << 10;
    deferred<When, bytes> hashes;
    const auto add = [&](const digest& hash) { hashes.insert(hashes.end(), hash.bytes().begin(), hash.bytes().end()); };
    while (hashed_ < seen.end_sequence) {
      if (const auto found = seen.find_sequence(hashed_)) {
        add(found.frame.hash());
        ++hashed_;
      } else {
        const auto found_hole = seen.find_hole(hashed_);
        if (!found_hole) throw_corrupt("an event is missing", {}, 0);
        const basic_hole<When> dropped{found_hole.frame, true};
        dropped.each([&](const dropped_event& each) {
          if (each.sequence >= hashed_) add(each.hash);
        });
        hashed_ = dropped.first_sequence() + dropped.count();
      }
      if (hashes.size() < together) continue;
      hasher_.update(bytes_view{hashes});
      hashes.clear();
    }
    hasher_.update(bytes_view{hashes});
    return hasher_.finish();
  }

 private:
  mutex mutex_;
  deferred<When, blake3_hasher> hasher_;
  std::uint64_t hashed_{};  // events that are in it
};
using log_head = basic_log_head<when_used>;

}  // namespace quipu::detail
