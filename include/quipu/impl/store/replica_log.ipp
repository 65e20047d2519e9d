// SPDX-License-Identifier: BSL-1.0
//
// replica_log.ipp: see store/replica_log.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../hash/digest.hpp"
#include "../../journal/config.hpp"
#include "../../journal/format/replica_mark.hpp"
#include "../../journal/read/log_snapshot.hpp"
#include "../../journal/segment/replica_file.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../journal/write/journal.hpp"
#include "../../journal/write/placement.hpp"
#include "../../journal/write/replica_commit.hpp"
#include "../../store/detail/writer_core.hpp"
#include "../../store/read_only_store.hpp"
#include "../../store/receipts.hpp"
#include "../../store/replica_log.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

[[noreturn]] QUIPU_DECL void throw_unchained() {
  throw error{errc::configuration, "a replicated store needs a chain: replicas compare their heads"};
}

/// The settings of a replica's journal. It has the same limits in all replicas, so that all accept the same.
[[nodiscard]] QUIPU_DECL config settings_of_replica(config chosen) {
  if (!chosen.chain) throw_unchained();
  if (chosen.leave_replication)
    throw error{errc::configuration, "config.leave_replication is for a store: a replicated_store doesn't leave"};
  const config same{};
  if (chosen.payload_max_bytes > same.payload_max_bytes || chosen.batch.max_size > same.batch.max_size ||
      chosen.batch.max_bytes > same.batch.max_bytes)
    throw error{errc::configuration,
                "config.payload_max_bytes and config.batch can't be over their defaults in a replicated store"};
  chosen.payload_max_bytes = same.payload_max_bytes;
  chosen.batch = same.batch;
  return chosen;
}

[[nodiscard]] QUIPU_DECL log_snapshot::found_frame last_of(const log_snapshot& seen) {
  return seen.end_sequence == 0 ? log_snapshot::found_frame{} : seen.find_sequence(seen.end_sequence - 1);
}

[[nodiscard]] QUIPU_DECL writer_core& writer_of(store_core& core) { return static_cast<writer_core&>(core); }

[[nodiscard]] QUIPU_DECL journal& journal_of(store_core& core) { return writer_of(core).log; }

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL replica_log::replica_log(const config& settings, std::unique_ptr<detail::cache_interface> cache,
                                    const event_id& lineage)
    : limits_{detail::validated_for_writing(settings)},
      core_{std::make_shared<detail::writer_core>(detail::settings_of_replica(settings), std::move(cache), lineage)},
      head_{detail::journal_of(*core_).head_state()} {
  if (!source().identity().chained) detail::throw_unchained();
  has_left_ = detail::read_replica_file(source().directory(), source().identity()) == detail::replica_state::left;
}

QUIPU_DECL void replica_log::claim() { detail::journal_of(*core_).mark_replica(detail::replica_state::replica); }

QUIPU_DECL std::optional<event_id> replica_log::lineage_in(const config& settings) {
  try {
    return read_only_store{settings}.identity();
  } catch (const error& failure) {
    if (failure.code() == errc::not_found) return std::nullopt;
    throw;
  }
}

QUIPU_DECL std::optional<detail::shared_place> replica_log::last_place() const {
  using layout = detail::shared_place_layout;
  const auto last = detail::last_of(source().snapshot());
  if (!last || forgets_place_ || has_left_) return std::nullopt;
  const auto content = last.frame.extension(detail::extension_type::shared_place);
  if (!content || content->size() != layout::total_size) return std::nullopt;
  return detail::shared_place{layout::position.load(content->data()), layout::index.load(content->data())};
}

QUIPU_DECL event_id replica_log::last_id() const {
  const auto last = detail::last_of(source().snapshot());
  return last ? last.frame.id() : event_id::nil();
}

QUIPU_DECL void replica_log::check(std::span<const detail::append_entry> entries) const {
  source().check_usable();
  const detail::placement checked{entries, limits_, true};
  static_cast<void>(checked);
}

QUIPU_DECL detail::placed_commit replica_log::place(std::span<const detail::append_entry> entries,
                                                    std::span<receipt> receipts, const detail::replica_commit& as) {
  return detail::journal_of(*core_).submit(entries, receipts, &as);
}

QUIPU_DECL void replica_log::keep() {
  detail::journal& own = detail::journal_of(*core_);
  const bool is_durable = limits_.sync.mode == sync_mode::durable;
  if (!is_durable) static_cast<void>(own.snapshot());  // writes what a reader must see
  own.sync(is_durable ? UINT64_MAX : 0);               // flushes nothing before 0, and throws if that write failed
}

QUIPU_DECL void replica_log::complete(const detail::placed_commit& made, std::span<receipt> receipts) {
  detail::journal_of(*core_).wait(made, receipts);
}

QUIPU_DECL digest replica_log::head_before(std::uint64_t sequence) {
  detail::log_snapshot seen = source().snapshot();
  seen.end_sequence = std::min(seen.end_sequence, sequence);
  return head_.after(seen);
}

}  // namespace quipu::inline QUIPU_MODE
