// SPDX-License-Identifier: BSL-1.0
//
// store.ipp: see store/store.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../coordinate/region.hpp"
#include "../../core/error.hpp"
#include "../../delivery/detail/region_text.hpp"
#include "../../delivery/worker.hpp"
#include "../../delivery/worker_policy.hpp"
#include "../../event/event_view.hpp"
#include "../../event/metadata.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/config.hpp"
#include "../../journal/conflict_error.hpp"
#include "../../journal/maintain/compaction.hpp"
#include "../../journal/maintain/journal_compaction.hpp"
#include "../../journal/observer.hpp"
#include "../../journal/write/journal.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../store/batch.hpp"
#include "../../store/detail/encoded_event.hpp"
#include "../../store/detail/event_importer.hpp"
#include "../../store/detail/execute.hpp"
#include "../../store/detail/reaction.hpp"
#include "../../store/detail/write_through.hpp"
#include "../../store/detail/writer_core.hpp"
#include "../../store/emitter.hpp"
#include "../../store/execute_options.hpp"
#include "../../store/outbox.hpp"
#include "../../store/receipts.hpp"
#include "../../store/store.hpp"
#include "../../store/store_reader.hpp"
#include "../../store/ticket.hpp"
#include "../../store/visibility_fence.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Removes the states of the cache, unless that was done since events were last removed from the log: they may have
/// been folded from those.
QUIPU_DECL void remove_old_states(writer_core& core) {
  const std::uint64_t generation = core.log.generation();
  if (core.cache == nullptr || core.cache_generation.load() == generation) return;
  const std::uint64_t failures = core.cache->failures();
  core.cache->remove_all(generation);
  if (core.cache->failures() == failures) core.cache_generation.store(generation);
}

/// As above, where another error is being thrown. The cache counts its failure.
QUIPU_DECL void try_to_remove_old_states(writer_core& core) noexcept {
  try {
    remove_old_states(core);
  } catch (...) {
    return;
  }
}

/// Replaces where an imported event is from, as far as there is room beside the metadata that it has.
QUIPU_DECL void add_origin(metadata_map& to, const event_id& lineage, const event_view& event) {
  constexpr std::size_t sizes_of_entry = 3;
  // The id says the most: it differs in all stores. What doesn't fit ends the list, so that it is of one store.
  const std::pair<std::string, std::string> origin[]{
      {std::string{import_report::id_key}, event.id().str()},
      {std::string{import_report::lineage_key}, lineage.str()},
      {std::string{import_report::sequence_key}, std::to_string(event.sequence())}};
  for (const auto& [key, value] : origin) to.erase(key);
  std::size_t bytes_used = 0;
  for (const auto& [key, value] : to) bytes_used += sizes_of_entry + key.size() + value.size();
  for (const auto& [key, value] : origin) {
    bytes_used += sizes_of_entry + key.size() + value.size();
    if (to.size() == metadata_entries_limit || bytes_used > metadata_bytes_limit) return;
    to.emplace(key, value);
  }
}

/// Throws the error that is being handled; with the name of the event that was to be imported if the error is about it.
[[noreturn]] QUIPU_DECL void throw_about_imported(const error& failure, const event_view& event) {
  switch (failure.code()) {
    case errc::payload_too_large:
    case errc::invalid_argument:
    case errc::invalid_coordinate:
    case errc::schema_drift:
    case errc::idempotency_mismatch:
      break;
    default:
      throw;
  }
  const error::details about{.path = failure.path(),
                             .offset = failure.offset(),
                             .expected = failure.expected(),
                             .actual = failure.actual(),
                             .system_error = failure.system_error()};
  std::string message = "event " + std::to_string(event.sequence()) + " of the source, " + event.id().str();
  const outcome_error plain = from_error(failure);  // has the message without its frame
  message.append(": ").append(std::string_view{plain.message});
  throw error{failure.code(), message, about};
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL store::store(const config& settings) : store{settings, nullptr} {}

QUIPU_DECL store::store(const config& settings, std::unique_ptr<detail::cache_interface> cache)
    : store_consumers{std::make_shared<detail::writer_core>(settings, std::move(cache))} {
  // Only now: a log that isn't the expected one, or can't be opened, stays what it was.
  if (settings.leave_replication) log().leave_replication();
}

template <class Result>
Result store::declined(const char* why) {
  return Result::retry(1 + 2 * log().pressure().flush_us / 1000, 1, settings().writer.retry_attempts, why);
}

QUIPU_DECL void store::sync() { log().sync(); }

QUIPU_DECL receipt store::append_denial(const coordinate& where, denial why, const append_options& options) {
  return append(where, denied{std::move(why), {}}, options);
}

QUIPU_DECL receipt store::append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                     const append_options& options) {
  detail::check_kind(kind);
  return append_one(detail::entry_of(where, detail::raw_event(kind), payload, options));
}

QUIPU_DECL std::vector<receipt> store::append(const batch& events) {
  std::vector<receipt> receipts(events.size());
  const std::vector<detail::append_entry> entries = events.entries();
  append_entries(entries, receipts);
  return receipts;
}

QUIPU_DECL compaction_report store::compact(const compaction& policy,
                                            const std::function<bool(const progress&)>& report) {
  const auto core = usable_core();  // another thread may close the store meanwhile
  observer* const told = core->settings.observer.get();
  const detail::stopwatch time{told};
  compaction_report done;
  const std::uint64_t before = core->log.generation();
  try {
    done = detail::journal_compaction{core->log}.run(policy, [&](std::uint64_t events, std::uint64_t total) {
      return !report || report(progress{events, total});
    });
  } catch (...) {
    // It may have failed when the events were gone.
    if (core->log.generation() != before) detail::try_to_remove_old_states(*core);
    throw;
  }
  if (policy.policy() != compaction::how::merge) detail::remove_old_states(*core);
  if (told != nullptr) told->on_compaction({done, time.elapsed()});
  return done;
}

QUIPU_DECL import_report store::import_events(store_reader& source, const region& wanted,
                                              const import_options& options) {
  if (options.batch_events == 0) throw error{errc::invalid_argument, "import_options.batch_events is at least 1"};
  const event_id lineage = source.identity();
  if (lineage == identity()) throw error{errc::invalid_argument, "a store can't import from a copy of itself"};
  detail::journal& to = log();
  detail::logged_schemas schemas;
  detail::event_importer importer{to, [&](const event_id& old) -> std::optional<event_id> {
                                    const auto found = to.snapshot().find_key(detail::import_key(lineage, old));
                                    return found ? std::optional{found.frame.id()} : std::nullopt;
                                  }};
  import_report done;
  progress seen{.total = source.count(wanted)};
  const auto end_batch = [&] {
    to.sync();
    importer.forget();
    if (options.report && !options.report(seen)) throw error{errc::cancelled, "the import was told to stop"};
  };
  for (const event_view& event : source.query(wanted)) {
    ++seen.done;
    if (event.erased()) {
      ++done.erased;
    } else {
      auto copied = detail::foreign_event::of(event, schemas.of(event));
      copied.idempotency_key = detail::import_key(lineage, event.id());
      copied.given_us = event.valid_time_us();
      detail::add_origin(copied.metadata, lineage, event);
      if (options.where) {
        const coordinate where = options.where(event);
        copied.entity = where.entity();
        copied.scope = where.scope();
      }
      try {
        importer.append(copied);
      } catch (const error& failure) {
        detail::throw_about_imported(failure, event);
      }
    }
    if (seen.done % options.batch_events == 0) end_batch();
  }
  if (seen.done == 0 || seen.done % options.batch_events != 0) end_batch();
  done.imported = importer.appended();
  done.repeated = importer.repeated();
  done.causes_cleared = importer.causes_cleared();
  return done;
}

QUIPU_DECL outcome<import_report> store::try_import_events(store_reader& source, const region& wanted,
                                                           const import_options& options) {
  return detail::attempt([&] { return import_events(source, wanted, options); });
}

QUIPU_DECL void store::close() { close_core(); }

QUIPU_DECL ticket store::submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                    const append_options& options) {
  detail::check_kind(kind);
  return submit_one(detail::entry_of(where, detail::raw_event(kind), payload, options));
}

QUIPU_DECL batch_ticket store::submit_batch(const batch& events) {
  std::vector<receipt> receipts(events.size());
  const auto entries = events.entries();
  const auto core = usable_core();  // first: what has its place must not fail any more
  const auto made = detail::with_conflicts(core->log, [&] { return core->log.submit(entries, receipts); });
  return {detail::claim{core, made}, std::move(receipts)};
}

QUIPU_DECL outcome<ticket> store::try_submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                                 const append_options& options) {
  return caught<ticket>([&] {
    detail::check_kind(kind);
    return try_submit_one(detail::entry_of(where, detail::raw_event(kind), payload, options));
  });
}

QUIPU_DECL outcome<batch_ticket> store::try_submit_batch(const batch& events) {
  using result = outcome<batch_ticket>;
  return caught<batch_ticket>([&]() -> result {
    std::vector<receipt> receipts(events.size());
    const auto entries = events.entries();
    const char* why = nullptr;
    const auto core = usable_core();
    const auto made = core->log.try_submit(entries, receipts, why);
    if (!made) return declined<result>(why);
    return result::ok(batch_ticket{detail::claim{core, *made}, std::move(receipts)});
  });
}

QUIPU_DECL quipu::outbox store::outbox() { return quipu::outbox{usable_core()}; }

QUIPU_DECL visibility_fence store::begin_visibility_fence(const visibility_fence_options& options) {
  return visibility_fence{usable_core(), options.others.value_or(settings().writer.fence)};
}

QUIPU_DECL outcome<visibility_fence> store::try_begin_visibility_fence(const visibility_fence_options& options) {
  return detail::attempt([&] { return begin_visibility_fence(options); });
}

QUIPU_DECL quipu::writer_pressure store::writer_pressure() { return log().pressure(); }

QUIPU_DECL outcome<receipt> store::try_append_denial(const coordinate& where, denial why,
                                                     const append_options& options) {
  return try_append(where, denied{std::move(why), {}}, options);
}

QUIPU_DECL outcome<receipt> store::try_append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                                  const append_options& options) {
  return detail::attempt([&] { return append_raw(where, kind, payload, options); });
}

QUIPU_DECL outcome<std::vector<receipt>> store::try_append(const batch& events) {
  return detail::attempt([&] { return append(events); });
}

QUIPU_DECL outcome<compaction_report> store::try_compact(const compaction& policy,
                                                         const std::function<bool(const progress&)>& report) {
  return detail::attempt([&] { return compact(policy, report); });
}

QUIPU_DECL outcome<void> store::try_sync() {
  return detail::attempt([&] { sync(); });
}

QUIPU_DECL outcome<void> store::try_close() {
  return detail::attempt([&] { close(); });
}

QUIPU_DECL receipt store::append_event(const coordinate& where, detail::event_to_append event,
                                       const append_options& options) {
  return detail::with_entry(where, event, options,
                            [this](const detail::append_entry& entry) { return append_one(entry); });
}

QUIPU_DECL receipt store::append_one(const detail::append_entry& entry) {
  detail::journal& to = log();
  return detail::with_conflicts(to, [&] { return to.append(entry); });
}

QUIPU_DECL void store::append_entries(std::span<const detail::append_entry> entries, std::span<receipt> receipts) {
  detail::journal& to = log();
  detail::with_conflicts(to, [&] { to.append(entries, receipts); });
}

QUIPU_DECL ticket store::submit_event(const coordinate& where, detail::event_to_append event,
                                      const append_options& options) {
  return detail::with_entry(where, event, options,
                            [this](const detail::append_entry& entry) { return submit_one(entry); });
}

QUIPU_DECL ticket store::submit_one(const detail::append_entry& entry) {
  receipt given;
  const auto core = usable_core();
  const auto made = detail::with_conflicts(core->log, [&] { return core->log.submit({&entry, 1}, {&given, 1}); });
  return {detail::claim{core, made}, given};
}

QUIPU_DECL outcome<ticket> store::try_submit_event(const coordinate& where, detail::event_to_append event,
                                                   const append_options& options) {
  return caught<ticket>([&] {
    return detail::with_entry(where, event, options,
                              [this](const detail::append_entry& entry) { return try_submit_one(entry); });
  });
}

QUIPU_DECL outcome<ticket> store::try_submit_one(const detail::append_entry& entry) {
  using result = outcome<ticket>;
  receipt given;
  const char* why = nullptr;
  const auto core = usable_core();
  const auto made = core->log.try_submit({&entry, 1}, {&given, 1}, why);
  if (!made) return declined<result>(why);
  return result::ok(ticket{detail::claim{core, *made}, given});
}

QUIPU_DECL worker store::make_reactor(std::string_view name, region wanted,
                                      std::function<void(const event_view&, emitter&)> reactor,
                                      const worker_policy& policy) {
  const auto made =
      std::make_shared<detail::reaction>(usable_core(), name, std::move(reactor), policy.own_reactions_limit);
  return make_worker(
      std::string{"react:"}.append(name), std::move(wanted), [made](const event_view& cause) { made->react(cause); },
      [made] { made->sync(); }, policy);
}

QUIPU_DECL std::string store::name_of_reactor(const region& wanted) {
  const std::string text = detail::region_text(wanted);
  return event_id::from_name(bytes_view{text}).str();
}

}  // namespace quipu::inline QUIPU_MODE
