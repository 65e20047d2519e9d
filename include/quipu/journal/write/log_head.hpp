// SPDX-License-Identifier: BSL-1.0
//
// log_head.hpp: one hash for a whole log: BLAKE3 of the hashes of its events, one behind the other, in the order of the
// log. It doesn't depend on where segments begin and end.
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

/// Carries the hash on from where it was last asked for. Thread-safe.
class log_head {
 public:
  /// The head after all events of a snapshot, dropped ones included, or of one that was asked for later. Throws
  /// `errc::corrupt`.
  [[nodiscard]] digest after(const log_snapshot& seen);

  /// What `restore` needs to carry on from here: the head, and the hash's state.
  void save(digest& head, bytes& state) const;
  /// Carries on after `count` events, where the state gives that head; else from the beginning of the log, when it is
  /// asked for.
  void restore(const digest& head, bytes_view state, std::uint64_t count);

 private:
  /// Takes the hashes of a segment's events up to number `end`.
  void take(const segment& in, std::uint64_t end);

  /// The next event was dropped: takes the hole that it is in. Returns the number of the event behind it.
  [[nodiscard]] std::uint64_t take_hole(const segment& in, std::uint64_t end);

  void add(const digest& hash) { hashes_.insert(hashes_.end(), hash.bytes().begin(), hash.bytes().end()); }

  mutable std::mutex mutex_;
  blake3_hasher hasher_;
  std::uint64_t hashed_{};  // events that are in it
  bytes hashes_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
