// SPDX-License-Identifier: BSL-1.0
//
// replicated_store.ipp: see replication/replicated_store.hpp.
#pragma once

#include "../../replication/replicated_store.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] QUIPU_DECL const replication_options& validated(const replication_options& options) {
  const auto refuse = [](const std::string& field) {
    throw error{errc::configuration, "replication_options." + field + " must be at least 1"};
  };
  if (options.unavailable_after.count() < 1) refuse("unavailable_after");
  if (options.record_bytes < 1) refuse("record_bytes");
  if (options.read_records < 1) refuse("read_records");
  if (options.read_wait.count() < 1) refuse("read_wait");
  return options;
}

[[noreturn]] QUIPU_DECL void throw_left(const config& settings) {
  throw error{
      errc::diverged,
      "a store has taken this log out of replication, and its events are its own since: make a new replica from "
      "a snapshot of another, or found a new, empty shared log with this one (replication_options.found_again)",
      {.path = settings.directory.string()}};
}

[[nodiscard]] QUIPU_DECL shared_log& required(const std::shared_ptr<shared_log>& shared) {
  if (!shared) throw error{errc::configuration, "a replicated_store needs a shared log, and got a null pointer"};
  return *shared;
}

/// The local log of a replica, which belongs to the shared log.
[[nodiscard]] QUIPU_DECL std::unique_ptr<replica_log> open_replica_log(const config& settings, shared_log& shared,
                                                                       std::unique_ptr<cache_interface> cache,
                                                                       const replication_options& options) {
  const auto patience = validated(options).unavailable_after;
  const auto found = replica_log::lineage_in(settings);
  const event_id lineage = found ? *found : lineage_of(shared, patience);
  auto opened = std::make_unique<replica_log>(settings, std::move(cache), lineage);
  if (opened->has_left() && !options.found_again) throw_left(settings);
  const bool may_found = found && (options.found_again || !opened->last_place());
  const bool begins_here = may_found ? found_log(shared, *opened, patience) : begins_behind(shared, *opened);
  if (opened->has_left() && !begins_here) throw_left(settings);
  if (begins_here) opened->forget_place();
  // A store with events of its own is not a replica of a shared log that does not begin behind them.
  if (!found || begins_here || opened->last_place()) opened->claim();
  return opened;
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL std::vector<receipt> replicated_ticket::wait() {
  if (!answer_.valid()) throw error{errc::invalid_argument, "the ticket was waited for, or moved away"};
  return detail::receipts_of(answer_);
}

QUIPU_DECL bool replicated_ticket::ready() const {
  return !answer_.valid() || answer_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

QUIPU_DECL outcome<std::vector<receipt>> replicated_ticket::try_wait() {
  return detail::retry_if_unknown(detail::attempt([&] { return wait(); }));
}

QUIPU_DECL replicated_store::replicated_store(const config& settings, std::shared_ptr<shared_log> shared,
                                              const replication_options& options)
    : replicated_store{settings, std::move(shared), std::unique_ptr<detail::cache_interface>{}, options} {}

QUIPU_DECL replicated_store::replicated_store(const config& settings, std::shared_ptr<shared_log> shared,
                                              std::unique_ptr<detail::cache_interface> cache,
                                              const replication_options& options)
    : replicated_store{detail::open_replica_log(settings, detail::required(shared), std::move(cache), options), shared,
                       options} {}

QUIPU_DECL replicated_store::replicated_store(std::unique_ptr<replica_log> own, std::shared_ptr<shared_log> shared,
                                              const replication_options& options)
    : store_consumers{own->core()},
      replica_{std::make_unique<detail::replica>(std::move(own), std::move(shared), options)} {}

QUIPU_DECL replicated_ticket replicated_store::propose(const coordinate& where, event_kind kind, bytes_view payload,
                                                       const append_options& options, sender by) {
  detail::check_kind(kind);
  const auto entry = detail::entry_of(where, detail::raw_event(kind), payload, options);
  return propose({&entry, 1}, by);
}

QUIPU_DECL replicated_ticket replicated_store::propose_event(const coordinate& where, detail::event_to_append event,
                                                             const append_options& options, sender by) {
  return detail::with_entry(where, event, options, [this, by](const detail::append_entry& entry) {
    return propose(std::span{&entry, 1}, by);
  });
}

QUIPU_DECL replicated_ticket replicated_store::propose(const batch& events, sender by) {
  if (!events.empty()) return propose(events.entries(), by);
  std::promise<detail::decision> nothing;
  nothing.set_value({});
  return replicated_ticket{nothing.get_future()};
}

QUIPU_DECL replicated_ticket replicated_store::propose(std::span<const detail::append_entry> entries, sender by) {
  return replicated_ticket{running().propose(entries, by)};
}

QUIPU_DECL detail::replica& replicated_store::running() const {
  if (!replica_) throw error{errc::closed, "the store was moved to another object"};
  return *replica_;
}

QUIPU_DECL void replicated_store::sync() { running().sync(); }

QUIPU_DECL outcome<void> replicated_store::try_sync() {
  return detail::attempt([&] { sync(); });
}

QUIPU_DECL replication_status replicated_store::replication() const {
  const auto now = running().now();
  replication_status told{.position = now.position, .head = now.head};
  if (!now.ended) return told;
  try {
    std::rethrow_exception(now.ended);
  } catch (const std::exception& failure) {
    told.failure = failure.what();
  }
  return told;
}

QUIPU_DECL replication_pressure replicated_store::writer_pressure() const { return running().pressure(); }

QUIPU_DECL void replicated_store::trim(std::uint64_t position) { running().trim(position); }

QUIPU_DECL void replicated_store::close() {
  running().close();
  close_core();
}

}  // namespace quipu::inline QUIPU_MODE
