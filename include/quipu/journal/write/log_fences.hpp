// SPDX-License-Identifier: BSL-1.0
//
// log_fences.hpp: visibility fences. While one is open, other writers are held up; what it appends is staged in memory, and becomes one commit when the
// fence commits: nobody can have seen a part of it, before a crash or after.
#pragma once

#include "../../core/error.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "placement.hpp"
#include "staged_commit.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace quipu::detail {

/// The part of a journal that has fences; a journal derives from it. All members are thread-safe, but a `staged_commit` is for one thread at a time.
template <class Journal>
class log_fences {

 public:

  /// Holds up all other writers until the fence is committed or cancelled, or the log is closed. Where one is open, waits or throws `errc::busy`, as that
  /// one says. Throws `errc::closed`, `errc::writer_failed`, `errc::locked`.
  [[nodiscard]] staged_commit open_fence(fence_policy others) {
    Journal& log = self();
    log.check_fork();
    std::unique_lock<std::mutex> lock{log.mutex_};
    for (log.check_open(); log.fence_.is_open(); log.check_open()) log.fence_.hold_up(lock);
    return {log.fence_.open(others), log.next_sequence_};
  }

  /// Adds to what a fence will commit: all of the entries or none. Throws as `append` does, and `errc::cancelled` where the fence isn't open any more.
  void stage(staged_commit& staged, std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return;
    Journal& log = self();
    log.check_fork();
    placement placing{entries, log.options_, log.identity().chained};
    for (const append_entry& each : entries)
      if (const auto& cause = each.options.causation_id; cause && !staged.has(*cause) && !log.snapshot().find_id(*cause)) placement::throw_no_cause(*cause);
    std::unique_lock<std::mutex> lock{log.mutex_};
    take(staged);
    staged.check_room(placing, log.options_);
    if (placing.has_keys()) {
      log.find_keys(lock, placing, receipts, true);
      take(staged);
    }
    const std::int64_t now = log.now_us();
    staged.stage(placing, receipts, log.entities(), log.schemas_, [&] { return log.make_id(now); });
  }

  /// Appends what was staged as one commit, and ends the fence. `receipts` are the fence's answers, and are completed. Throws as `append` does; then the
  /// fence is as it was, unless it was the flush that failed.
  void commit(staged_commit& staged, std::span<receipt> receipts) {
    Journal& log = self();
    log.check_fork();
    placement placing{staged.entries(), log.options_, log.identity().chained};
    placing.resolve_causes([&](const event_id& id) { return log.snapshot().find_id(id); });
    std::vector<receipt> placed(placing.size());
    std::unique_lock<std::mutex> lock{log.mutex_};
    take(staged);
    placed_commit made{};
    if (!placed.empty()) {
      log.make_room(lock, placing.most_bytes(), true);
      take(staged);  // the lock was open
      std::size_t index = 0;
      made = log.place(placing, placed, [&] { return staged.id(index++); });
    }
    log.fence_.close();
    log.finish(lock, made, receipts);
  }

  /// What was staged was never there. Does nothing where the fence isn't open any more.
  void cancel(const staged_commit& staged) noexcept {
    if (self().is_foreign()) return;
    const std::lock_guard lock{self().mutex_};
    if (self().fence_.is_open(staged.fence())) self().fence_.close();
  }

 protected:
  log_fences() noexcept = default;
  ~log_fences() = default;

 private:
  [[nodiscard]] Journal& self() noexcept { return static_cast<Journal&>(*this); }

  /// The calling thread goes on with its fence.
  void take(const staged_commit& staged) {
    self().check_open();
    if (!self().fence_.is_open(staged.fence())) throw error{errc::cancelled, "the visibility fence was committed or cancelled"};
    self().fence_.take();
  }
};

}  // namespace quipu::detail
