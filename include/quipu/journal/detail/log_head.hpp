// SPDX-License-Identifier: BSL-1.0
//
// log_head.hpp: one hash for a whole log: BLAKE3 of the hashes of its events, one behind the other, in the order of the log. It doesn't
// depend on where segments begin and end.
#pragma once

#include "../../core/blake3.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/monitor.hpp"
#include "../../core/digest.hpp"
#include "log_snapshot.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail {

/// Carries the hash on from where it was last asked for. Thread-safe.
template <class When>
class basic_log_head {
  using log_snapshot = basic_log_snapshot<When>;

 public:
  /// The head after all events of a snapshot, or of one that was asked for later. Throws `errc::corrupt`.
  [[nodiscard]] digest after(const log_snapshot& seen) {
    const lock_guard lock{mutex_};
    deferred<When, bytes> hashes;
    std::uint32_t places[256];
    for (std::size_t position = 0; position < seen.segment_count() && hashed_ < seen.end_sequence; ++position) {
      const auto& in = *seen.at(position);
      if (position + 1 < seen.segment_count() && seen.at(position + 1)->first_sequence() <= hashed_) continue;
      const std::uint32_t end = seen.end_of(position);
      const auto all = in.all();
      for (auto from = static_cast<std::size_t>(hashed_ - in.first_sequence());;) {
        const std::size_t count = in.copy_places(all, from, places, 256);
        hashes.clear();
        std::size_t taken = 0;
        for (; taken < count && places[taken] < end; ++taken) {
          const digest hash = in.frame_at(places[taken]).hash();
          hashes.insert(hashes.end(), hash.bytes().begin(), hash.bytes().end());
        }
        hasher_.update(bytes_view{hashes});
        hashed_ += taken;
        from += taken;
        if (taken < 256) break;
      }
    }
    return hasher_.finish();
  }

  /// What `restore` needs to carry on from here: the head, and the hash's state.
  void save(digest& head, bytes& state) const {
    const lock_guard lock{mutex_};
    head = hasher_.finish();
    hasher_.save(state);
  }
  /// Carries on after `count` events, where the state gives that head; else from the beginning of the log, when it is asked for.
  void restore(const digest& head, bytes_view state, std::uint64_t count) {
    deferred<When, blake3_hasher> hasher;
    if (!hasher.restore(state) || hasher.finish() != head) return;
    const lock_guard lock{mutex_};
    if (count < hashed_) return;
    hasher_ = hasher;
    hashed_ = count;
  }

 private:
  mutable mutex mutex_;
  deferred<When, blake3_hasher> hasher_;
  std::uint64_t hashed_{};  // events that are in it
};
using log_head = basic_log_head<when_used>;

}  // namespace quipu::detail
