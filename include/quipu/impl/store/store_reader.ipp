// SPDX-License-Identifier: BSL-1.0
//
// store_reader.ipp: see store/store_reader.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../delivery/cursor.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/checkpoint_files.hpp"
#include "../../delivery/detail/visibility.hpp"
#include "../../delivery/detail/wait_time.hpp"
#include "../../delivery/subscription.hpp"
#include "../../delivery/watcher.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/format/hole.hpp"
#include "../../journal/maintain/log_verifier.hpp"
#include "../../journal/observer.hpp"
#include "../../journal/read/event_range.hpp"
#include "../../journal/read/lineage.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/segment/end_file.hpp"
#include "../../journal/segment/replica_file.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"
#include "../../projection/as_of.hpp"
#include "../../projection/freshness.hpp"
#include "../../projection/projection.hpp"
#include "../../store/causal_graph.hpp"
#include "../../store/detail/cached_entities.hpp"
#include "../../store/detail/project_all.hpp"
#include "../../store/detail/projector.hpp"
#include "../../store/detail/store_core.hpp"
#include "../../store/receipts.hpp"
#include "../../store/store_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_view store_reader::get(const event_id& id) {
  std::optional<event_view> found = find(id);
  if (!found) throw error{errc::not_found, "no event has the id " + id.str()};
  return *std::move(found);
}

QUIPU_DECL std::optional<event_view> store_reader::find(const event_id& id) {
  const auto found = log().snapshot().find_id(id);
  return found ? std::optional{found.view()} : std::nullopt;
}

QUIPU_DECL std::optional<event_view> store_reader::find_by_key(const event_id& key) {
  const auto found = log().snapshot().find_key(key);
  if (!found || detail::hole::is_one(found.frame)) return std::nullopt;
  return found.view();
}

QUIPU_DECL event_range store_reader::query(region wanted) { return {log().snapshot(), std::move(wanted)}; }

QUIPU_DECL std::optional<event_view> store_reader::last(const region& wanted) {
  const reversed_range events = event_range{log().snapshot(), wanted}.reverse();
  const auto found = events.begin();
  return found == events.end() ? std::nullopt : std::optional{*found};
}

QUIPU_DECL std::uint64_t store_reader::count(const region& wanted) {
  return detail::count_frames(log().snapshot(), wanted);
}

QUIPU_DECL std::vector<event_view> store_reader::causes(const event_id& id) {
  std::vector<event_view> found;
  if (const auto cause = get(id).header().causation_id)
    if (auto event = find(*cause)) found.push_back(*std::move(event));
  return found;
}

QUIPU_DECL std::vector<event_view> store_reader::effects(const event_id& id) {
  static_cast<void>(get(id));
  return detail::effects_of(log().snapshot(), id);
}

QUIPU_DECL std::vector<event_view> store_reader::correlated(const event_id& id) {
  const event_id begin = get(id).header().correlation_id;
  return detail::conversation_of(log().snapshot(), begin);
}

QUIPU_DECL std::vector<event_view> store_reader::ancestors(const event_id& id, std::size_t limit) {
  const event_view event = get(id);
  return detail::ancestors_of(log().snapshot(), event, limit);
}

QUIPU_DECL outcome<event_view> store_reader::try_get(const event_id& id) {
  return detail::attempt([&] { return get(id); });
}

QUIPU_DECL cursor store_reader::cursor_guaranteed(region wanted, const cursor_position& from,
                                                  const unknown_kinds& unknown) {
  return {owned_log(), std::move(wanted), from, unknown};
}

QUIPU_DECL outcome<cursor> store_reader::try_cursor_guaranteed(region wanted, const cursor_position& from,
                                                               const unknown_kinds& unknown) {
  return detail::attempt([&] { return cursor_guaranteed(std::move(wanted), from, unknown); });
}

QUIPU_DECL subscription store_reader::subscribe_lossy(region wanted, const subscription_options& options) {
  return {owned_log(), std::move(wanted), options};
}

QUIPU_DECL std::vector<cursor_info> store_reader::cursors() { return detail::list_checkpoints(log().directory()); }

QUIPU_DECL void store_reader::snapshot(const std::filesystem::path& target) { log().copy_to(target); }

QUIPU_DECL verification store_reader::verify(const std::function<bool(const progress&)>& report) {
  log().check_whole();
  const detail::store_identity identity = log().identity();
  if (identity.keyed && !identity.key_known)
    throw error{errc::configuration, "config.chain_key is missing: without it the chain can't be verified"};
  const auto recorded = detail::read_end_file(log().directory(), identity);  // before the log, which may be growing
  const detail::log_snapshot seen = log().snapshot();
  detail::require_recorded_end(recorded, seen.end_sequence, seen.at(seen.segment_count() - 1)->path());
  static_cast<void>(detail::read_replica_file(log().directory(), identity));
  detail::log_verifier checking{seen, identity, recorded};
  if (!checking.run([&](std::uint64_t done) { return !report || report(progress{done, seen.end_sequence}); }))
    throw error{errc::cancelled, "verify was told to stop"};
  return {seen.end_sequence, checking.dropped(), checking.erased()};
}

QUIPU_DECL store_reader::store_reader(std::shared_ptr<detail::store_core> core) : core_{std::move(core)} {
  detail::check_expected_head(core_->settings, core_->source());
}

QUIPU_DECL detail::log_source& store_reader::log() const {
  detail::log_source& source = core_->source();
  source.check_usable();
  return source;
}

QUIPU_DECL void store_reader::close_core() {
  if (core_) core_->close();
}

QUIPU_DECL void store_reader::check_shapes(const detail::state_operations& type) {
  detail::shapes_checked& checked = type.checked();
  const std::uint64_t changes = log().schema_changes();
  if (checked.store == core_->number && checked.changes == changes) return;
  log().check_schemas(type.shapes);
  checked.store = core_->number;
  checked.changes = changes;
}

QUIPU_DECL void store_reader::claim_fingerprint(const detail::state_operations& type) {
  detail::shapes_checked& checked = type.checked();
  if (checked.claimed_in == core_->number) return;
  detail::fingerprint_claims::of_this_process().claim(log().identity().lineage, type.identity);
  checked.claimed_in = core_->number;
}

QUIPU_DECL std::uint64_t store_reader::project_region(std::span<const detail::folded_state> states,
                                                      const region& wanted) {
  for (const detail::folded_state& each : states) detail::check_selects_sources(wanted, each.type->shapes);
  const detail::stopwatch time{core_->settings.observer.get()};
  const detail::log_snapshot seen = log().snapshot();
  for (const detail::folded_state& each : states) check_shapes(*each.type);
  detail::fold_region(states, seen, wanted);
  for (const detail::folded_state& each : states)
    report_projection({.type = each.type->name, .events = seen.end_sequence, .took = time.elapsed()});
  return seen.end_sequence;
}

QUIPU_DECL bool store_reader::project_as_of(void* state, const detail::state_operations& type, std::string_view entity,
                                            as_of moment) {
  observer* const told = core_->settings.observer.get();
  const detail::stopwatch time{told};
  const detail::log_snapshot seen = log().snapshot();
  check_shapes(type);
  const bool any = detail::fold_as_of(state, type, seen, entity, moment);
  if (told != nullptr)
    report_projection({.type = type.name, .entity = entity, .events = seen.entity_end(entity), .took = time.elapsed()});
  return any;
}

QUIPU_DECL void store_reader::report_projection(const observer::projected& what) const noexcept {
  if (const auto& told = core_->settings.observer) told->on_projection(what);
}

QUIPU_DECL std::uint64_t store_reader::project_entity(void* state, const detail::state_operations& type,
                                                      std::string_view entity, freshness demand) {
  const detail::stopwatch time{core_->settings.observer.get()};
  bool cached = false;
  const std::uint64_t count = find_state(state, type, entity, demand, cached);
  report_projection({.type = type.name, .entity = entity, .cached = cached, .events = count, .took = time.elapsed()});
  return count;
}

QUIPU_DECL std::uint64_t store_reader::find_state(void* state, const detail::state_operations& type,
                                                  std::string_view entity, freshness demand, bool& was_cached) {
  auto& from = log();
  // Before the snapshot: a cached state is as old as the log that it was folded from, however long the folding takes.
  const bool is_cached = type.encoding != nullptr && core_->cache != nullptr;
  const std::int64_t asked_at_us = is_cached ? cache_now_us() : 0;
  const auto [seen, count, generation, last_known] = from.snapshot_of(entity);
  check_shapes(type);
  if (demand.is_at_least() && demand.sequence() >= seen.end_sequence)
    throw error{errc::not_found,
                "freshness::at_least: the store has no such event yet",
                {.expected = demand.sequence(), .actual = seen.end_sequence}};
  if (count == 0) return 0;
  if (is_cached) claim_fingerprint(type);
  if (!is_cached) return detail::fold_entity(state, type, seen, entity, 0).is_nil() ? 0 : count;
  detail::cached_projection cached{*core_->cache, from.identity().lineage, generation, entity, state, type};
  was_cached = cached.find(seen, count, last_known);
  if (was_cached && (cached.count() == count || is_fresh_enough(cached, seen, entity, demand, asked_at_us)))
    return cached.count();
  const event_id last = detail::fold_entity(state, type, seen, entity, cached.count());
  if (last.is_nil()) return cached.count() == 0 ? 0 : count;  // all later events were dropped
  if (count - cached.count() >= core_->settings.cache.put_after_events) cached.put(count, last, asked_at_us);
  return count;
}

QUIPU_DECL std::int64_t store_reader::cache_now_us() { return core_->cache ? log().now_us() : 0; }

QUIPU_DECL std::vector<detail::counted_entity> store_reader::entities_to_look_up(const detail::state_operations& type,
                                                                                 const detail::log_snapshot& seen,
                                                                                 const region& wanted) {
  if (!core_->cache) return {};
  auto entities = detail::entities_worth_looking_up(seen, wanted);
  if (!entities.empty()) claim_fingerprint(type);
  return entities;
}

QUIPU_DECL detail::cached_log store_reader::cached_log(std::uint64_t generation, std::int64_t asked_at_us) {
  return {.cache = *core_->cache,
          .lineage = log().identity().lineage,
          .generation = generation,
          .asked_at_us = asked_at_us,
          .put_after_events = core_->settings.cache.put_after_events};
}

QUIPU_DECL bool store_reader::is_fresh_enough(const detail::cached_projection& found, const detail::log_snapshot& seen,
                                              std::string_view entity, const freshness& demand,
                                              std::int64_t asked_at_us) {
  if (demand.is_maybe_stale()) return demand.allows_age(found.cached_at_us(), asked_at_us);
  if (!demand.is_at_least()) return false;
  const auto next = seen.find_entity_sequence(entity, found.count());
  return next && next.frame.sequence() > demand.sequence();
}

}  // namespace quipu::inline QUIPU_MODE
