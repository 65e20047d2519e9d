// SPDX-License-Identifier: BSL-1.0
//
// store.hpp: START HERE. An event store: a log of events in a directory, and states that are folded from them.
//
//   quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
//   store.append({"account:alice", "branch:zurich"}, deposited{500});
//   store.project<account>("account:alice")->cents;
//
// An append returns when its event is on stable storage, unless it is told otherwise. Everything may be called from several threads at
// once, but for construction, moving and destruction. One store writes to a directory at a time.
//
// What can fail throws `quipu::error`. Where failing is a part of normal life there is a twin that doesn't throw: `try_append` and so on
// return an `outcome`. After `close()`, everything but `close()` is `errc::closed`; ranges and views that were given out go on.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/coordinate.hpp"
#include "../coordinate/region.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix.hpp"
#include "../event/event_view.hpp"
#include "../journal/append_options.hpp"
#include "../journal/conflict_error.hpp"
#include "../journal/event_range.hpp"
#include "../journal/detail/log_verifier.hpp"
#include "../journal/journal.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/as_of.hpp"
#include "../projection/freshness.hpp"
#include "batch.hpp"
#include "config.hpp"
#include "detail/encoded_event.hpp"
#include "detail/project_all.hpp"
#include "detail/projector.hpp"
#include "receipts.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

template <projection_cache Cache = no_cache, environment Environment = posix>
class store {
 public:
  /// Opens the log in `settings.directory`, and makes one where there is none. An unfinished commit that a crash left at the end is cut off, and
  /// reported by `diagnostics()`. Throws `errc::configuration`; `errc::locked` where another store writes there; `errc::corrupt` with path
  /// and offset; `errc::unsupported_format`; `errc::io_failed`; `errc::storage_full`.
  explicit store(const config& settings, Cache cache = Cache{}, Environment world = Environment{})
      : core_{new core{settings, std::move(cache), std::move(world)}} {}

  // ---- writing ---------------------------------------------------------------------------------------------------------------

  /// Appends one event. Throws `errc::conflict` (a `conflict_error`), `errc::idempotency_mismatch`, `errc::payload_too_large`,
  /// `errc::schema_drift`, `errc::encode_failed`, `errc::not_found` for a cause, `errc::storage_full`, `errc::closed`, and then the log is as it was;
  /// `errc::io_failed` when the flush failed, and from then on `errc::writer_failed`.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      static thread_local bytes buffer;
      const detail::encoded_event encoded = detail::encode_event(event, buffer);
      return append_one(where, encoded, bytes_view{buffer}, options);
    }
  }

  /// Appends bytes under a kind. Throws as `append` does, and `errc::invalid_argument` for a reserved kind.
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    detail::check_kind(kind);
    return append_one(where, detail::raw_event(kind, payload), payload, options);
  }

  /// Appends a batch as one commit: every reader sees all of it or nothing, and so does a crash. An empty batch is nothing. Throws as `append`
  /// does; the limits of `config.batch` are `errc::payload_too_large`. It is flushed if any of its events asks for it.
  std::vector<receipt> append(const batch& events) {
    std::vector<receipt> receipts(events.size());
    const std::vector<detail::append_entry> entries = events.entries();
    append_entries(entries, receipts);
    return receipts;
  }

  /// Appends an event as a reaction to another: with its id as causation, in its conversation.
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const receipt& cause, append_options options = {}) {
    options.causation_id = cause.id;
    return append(where, event, options);
  }
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const event_view& cause, append_options options = {}) {
    options.causation_id = cause.id();
    return append(where, event, options);
  }

  /// Returns when everything appended before is on stable storage. Throws `errc::io_failed`, `errc::writer_failed`, `errc::closed`.
  void sync() { log().sync(); }

  /// Syncs, and lets go of the directory. Throws what the destructor could only swallow; the store is closed all the same. A second
  /// time it does nothing.
  void close() { core_->log.close(); }

  // ---- reading ---------------------------------------------------------------------------------------------------------------

  /// The event with this id; `errc::not_found` where there is none.
  [[nodiscard]] event_view get(const event_id& id) {
    std::optional<event_view> found = find(id);
    if (!found) throw error{errc::not_found, "no event has the id " + id.str()};
    return *std::move(found);
  }
  /// The event with this id, or nothing. Logarithmic in the number of events.
  [[nodiscard]] std::optional<event_view> find(const event_id& id) {
    const auto found = log().snapshot().find_id(id);
    return found ? std::optional{found.view()} : std::nullopt;
  }

  /// The events that a region selects, in the order of the log, as of now.
  [[nodiscard]] event_range query(region wanted) { return {log().snapshot(), std::move(wanted)}; }
  /// The events of exactly this entity.
  [[nodiscard]] event_range stream(std::string_view entity) { return query(region::entity(entity)); }
  /// The events in exactly this scope.
  [[nodiscard]] event_range by_scope(std::string_view scope) { return query(region::scope(scope)); }
  [[nodiscard]] event_range by_kind(event_kind kind) { return query(region::all().with_kind(kind)); }
  /// How many events a region selects. Constant time for each segment where it names no more than an entity, a scope or kinds.
  [[nodiscard]] std::uint64_t count(const region& wanted) { return detail::count_frames(log().snapshot(), wanted); }

  // ---- projecting ------------------------------------------------------------------------------------------------------------

  /// The state of an entity: `State{}` with all its events folded in; nothing where the entity has no event. `demand` says how new it must be:
  /// by default every event is in it that is visible now. Throws `errc::schema_drift` where the log has another shape of a folded event,
  /// `errc::decode_failed`, what `apply` throws, `errc::cache_failed` where the cache met an I/O error, and `errc::not_found` for
  /// `freshness::at_least` of an event that isn't there yet.
  template <class State>
  [[nodiscard]] auto project(std::string_view entity, freshness demand = {}) {
    if constexpr (!check_projection<State>()) {
      return problem<State>();
    } else {
      std::optional<State> answer;
      if (auto found = project_entity<State>(entity, demand)) answer = std::move(found->state);
      return answer;
    }
  }

  /// The state of an entity as it was at a past moment; nothing where it had no event by then. Folds from the first event.
  template <class State>
  [[nodiscard]] auto project(std::string_view entity, as_of moment) {
    if constexpr (!projection<State>) {
      return detail::projection_sentence<State>::value;
    } else {
      const detail::log_snapshot seen = log().snapshot();
      check_shapes<State>();
      return detail::fold_as_of<State>(seen, entity, moment);
    }
  }

  /// One state over all the events that a region selects, whichever entity they belong to, in the order of the log.
  template <class State>
  [[nodiscard]] auto project(const region& wanted) {
    if constexpr (!projection<State>) {
      return detail::projection_sentence<State>::value;
    } else {
      const detail::log_snapshot seen = log().snapshot();
      check_shapes<State>();
      return detail::fold_region<State>(seen, wanted);
    }
  }

  /// The state of each entity that has an event in the region, folded from those events: `take(entity, state)` is called for each, one after
  /// the other, by the calling thread. The folding uses the processors that there are; all the states are in memory at once.
  template <class State, class Take>
  void project_all(const region& wanted, Take&& take) {
    if constexpr (!projection<State>) {
      detail::require_projection<State>();
    } else {
      check_shapes<State>();
      detail::project_each<State>(log().snapshot(), wanted, detail::processor_count(), take);
    }
  }

  /// The state and its count where the entity has another number of events than `seen`, the count of an earlier answer (0 at first); nothing
  /// where it hasn't. Finding that out costs a look-up.
  template <class State>
  [[nodiscard]] auto project_if_changed(std::string_view entity, std::uint64_t seen) {
    if constexpr (!check_projection<State>()) {
      return problem<State>();
    } else {
      if (log().snapshot_of(entity).count == seen) return std::optional<projected<State>>{};
      return project_entity<State>(entity, freshness::consistent());
    }
  }

  // ---- the same, without throwing -------------------------------------------------------------------------------------------

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return attempt([&] { return append(where, event, options); });
  }
  outcome<receipt> try_append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    return attempt([&] { return append_raw(where, kind, payload, options); });
  }
  outcome<std::vector<receipt>> try_append(const quipu::batch& events) {
    return attempt([&] { return append(events); });
  }
  [[nodiscard]] outcome<event_view> try_get(const event_id& id) {
    return attempt([&] { return get(id); });
  }
  template <class State>
  [[nodiscard]] auto try_project(std::string_view entity, freshness demand = {}) {
    return attempt([&] { return project<State>(entity, demand); });
  }
  outcome<void> try_sync() {
    return attempt([&] { sync(); });
  }
  outcome<void> try_close() {
    return attempt([&] { close(); });
  }

  // ---- checking ----------------------------------------------------------------------------------------------------------------

  /// Checks everything that is visible against itself: checksums, numbers, the hash chain of each entity, the log's head. Throws
  /// `errc::corrupt` with path and offset of the first damage. Reads all of the log. `report`, if there is one, is called now and then with a
  /// `progress` in events; when it returns false, the work ends with `errc::cancelled`.
  template <class Report>
  void verify(Report&& report) {
    const detail::log_snapshot seen = log().snapshot();
    const detail::store_identity identity = core_->log.identity();
    detail::log_verifier checking{seen, identity};
    if (!checking.run([&](std::uint64_t done) { return static_cast<bool>(report(progress{done, seen.end_sequence})); }))
      throw error{errc::cancelled, "verify was told to stop"};
  }
  void verify() {
    verify([](const progress&) { return true; });
  }

  // ---- about the store -------------------------------------------------------------------------------------------------------

  [[nodiscard]] store_stats stats() {
    const detail::log_snapshot seen = log().snapshot();
    const detail::journal_counts counts = log().counts();
    return {.events = seen.end_sequence,
            .entities = counts.entities,
            .segments = counts.segments,
            .commits = counts.appends,
            .flushes = counts.flushes,
            .written_bytes = counts.written_bytes};
  }
  [[nodiscard]] store_diagnostics diagnostics() {
    return {.directory = core_->settings.directory.str(),
            .recovered = core_->log.recovered(),
            .failure = core_->log.failure(),
            .chained = core_->log.identity().chained,
            .created_at_us = core_->log.created_at_us()};
  }
  /// The store's lineage: it and its snapshots have it in common, and no other store.
  [[nodiscard]] event_id identity() const noexcept { return core_->log.identity().lineage; }
  /// A hash over all visible events, in order: BLAKE3 over the events' hashes, one behind the other. Whoever keeps it elsewhere can tell
  /// later that the log was cut or rolled back. Zero where the store keeps no chain.
  [[nodiscard]] digest head() { return log().head(); }

  [[nodiscard]] const config& settings() const noexcept { return core_->settings; }
  [[nodiscard]] Cache& cache() noexcept { return core_->cache; }

 private:
  using journal = detail::journal<Environment>;

  struct core {
    core(const config& chosen, Cache chosen_cache, Environment world)
        : settings{validated(chosen)}, cache{std::move(chosen_cache)}, log{std::move(world), detail::journal_options_of(settings)} {}

    static const config& validated(const config& chosen) {
      chosen.validate();
      return chosen;
    }
    config settings;
    Cache cache;
    journal log;
    std::uint64_t number = next_number();  // unlike that of any other store of this process

    static std::uint64_t next_number() noexcept {
      static std::atomic<std::uint64_t> last{0};
      return ++last;
    }
  };

  [[nodiscard]] journal& log() {
    core_->log.check_usable();
    return core_->log;
  }

  receipt append_one(const coordinate& where, const detail::encoded_event& event, bytes_view payload, const append_options& options) {
    detail::append_entry entry = event.entry(payload);
    entry.entity = where.entity();
    entry.scope = where.scope();
    entry.options = options;
    receipt given;
    append_entries({&entry, 1}, {&given, 1});
    return given;
  }

  void append_entries(std::span<const detail::append_entry> entries, std::span<receipt> receipts) {
    try {
      log().append(entries, receipts);
    } catch (conflict_error& conflict) {
      conflict.attach(core_->log.snapshot());
      throw;
    }
  }

  /// Calls, and returns what that returns or throws as an outcome.
  template <class Call>
  static auto attempt(Call&& call) -> outcome<decltype(call())> {
    using result = outcome<decltype(call())>;
    try {
      if constexpr (std::is_void_v<decltype(call())>) {
        call();
        return result{};
      } else {
        return result::ok(call());
      }
    } catch (const error& failure) {
      return result{from_error(failure)};
    }
  }

  static constexpr bool has_cache = !std::is_same_v<Cache, no_cache>;

  /// Whether a type can be projected here: with a cache, its state must have an encoding.
  template <class State>
  static constexpr bool check_projection() {
    return has_cache ? cacheable<State> : projection<State>;
  }
  template <class State>
  static constexpr auto problem() {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else detail::require_cacheable<State>();
  }

  /// Compares the shapes of the folded events with the log's; in each thread once for each type and store, and again when the log got a
  /// schema. Comes after the snapshot that is folded, so that nothing in it was missed.
  template <class State>
  void check_shapes() {
    static thread_local std::uint64_t checked_store = 0;
    static thread_local std::uint64_t checked_changes = 0;
    const std::uint64_t changes = core_->log.schema_changes();
    if (checked_store == core_->number && checked_changes == changes) return;
    check_shapes_of(typename State::events{});
    checked_store = core_->number;
    checked_changes = changes;
  }
  template <class... Events>
  void check_shapes_of(event_list<Events...>) {
    const auto check = [this](event_kind kind, std::uint16_t written, std::uint64_t hash, std::string_view text) {
      core_->log.check_schema(kind, written, hash, text);
    };
    (detail::check_shapes<Events>(check), ...);
  }
  void check_shapes_of(any_event) noexcept {}

  template <class State>
  [[nodiscard]] std::optional<projected<State>> project_entity(std::string_view entity, freshness demand) {
    journal& from = log();
    // Before the snapshot: a cached state is as old as the log that it was folded from, however long the folding takes.
    [[maybe_unused]] const std::int64_t asked_at_us = has_cache ? from.now_us() : 0;
    const auto [seen, count] = from.snapshot_of(entity);
    check_shapes<State>();
    if (demand.is_at_least() && demand.sequence() >= seen.end_sequence)
      throw error{errc::not_found, "freshness::at_least: the store has no such event yet",
                  {.expected = demand.sequence(), .actual = seen.end_sequence}};
    if (count == 0) return std::nullopt;
    if constexpr (has_cache) {
      if (!static_cast<cache_capabilities>(core_->cache.capabilities()).is_noop) return project_cached<State>(seen, entity, count, demand, asked_at_us);
    }
    projected<State> answer{{}, count};
    detail::visit_entity(seen, entity, 0, detail::frame_folding<State>{answer.state});
    return answer;
  }

  template <class State>
  [[nodiscard]] std::optional<projected<State>> project_cached(const detail::log_snapshot& seen, std::string_view entity,
                                                               std::uint64_t count, const freshness& demand, std::int64_t asked_at_us) {
    detail::cached_projection<State, Cache> cached{core_->cache, core_->log.identity().lineage, entity};
    auto found = cached.find(seen, count);
    if (found && (found->count == count || is_fresh_enough(*found, seen, entity, demand, asked_at_us)))
      return projected<State>{std::move(found->state), found->count};
    std::uint64_t from = 0;
    projected<State> answer{{}, count};
    if (found) {
      from = found->count;
      answer.state = std::move(found->state);
    }
    event_id last{};
    detail::visit_entity(seen, entity, from, [&](const std::shared_ptr<detail::segment>& owner, const detail::frame_view& frame) {
      detail::frame_folding<State>{answer.state}(owner, frame);
      last = frame.id();
    });
    if (count - from >= core_->settings.cache.put_after_events) cached.put(answer.state, count, last, asked_at_us);
    return answer;
  }

  template <class Found>
  [[nodiscard]] bool is_fresh_enough(const Found& found, const detail::log_snapshot& seen, std::string_view entity, const freshness& demand,
                                     std::int64_t asked_at_us) {
    if (demand.is_maybe_stale()) return demand.allows_age(found.cached_at_us, asked_at_us);
    if (!demand.is_at_least()) return false;
    const auto next = seen.find_entity_sequence(entity, found.count);
    return next && next.frame.sequence() > demand.sequence();
  }

  /// Destroys a store, but not the copy of an open one that a forked child has: that one has nothing to release.
  struct core_release {
    void operator()(core* held) const {
      if (!held->log.is_foreign()) delete held;
    }
  };
  std::unique_ptr<core, core_release> core_;
};

store(const config&) -> store<no_cache, posix>;
template <projection_cache Cache>
store(const config&, Cache) -> store<Cache, posix>;
template <projection_cache Cache, environment Environment>
store(const config&, Cache, Environment) -> store<Cache, Environment>;

}  // namespace quipu
