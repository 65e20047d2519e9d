// SPDX-License-Identifier: BSL-1.0
//
// store_reader.hpp: the reading members of a store: its events, the states that are folded from them, and their
// delivery to consumers. `store` and `read_only_store` derive from it.
#pragma once

#include "../coordinate/region.hpp"
#include "../delivery/cursor.hpp"
#include "../delivery/cursor_info.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/visibility.hpp"
#include "../delivery/detail/wait_time.hpp"
#include "../delivery/subscription.hpp"
#include "../delivery/unknown_kinds.hpp"
#include "../delivery/watcher.hpp"
#include "../event/event_view.hpp"
#include "../journal/append_options.hpp"
#include "../journal/read/event_range.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/as_of.hpp"
#include "../projection/freshness.hpp"
#include "../projection/projection.hpp"
#include "causal_graph.hpp"
#include "detail/cached_entities.hpp"
#include "detail/project_all.hpp"
#include "detail/projector.hpp"
#include "detail/store_core.hpp"
#include "receipts.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// The reading members of a store. All members are thread-safe. They throw `errc::closed` after the store was closed or
/// moved from. Ranges, views, cursors and subscriptions keep what they need and may outlive the store.
///
/// A *reading error* is what any member may throw that reads the log: `errc::corrupt` with path and offset where the
/// bytes are damaged, `errc::io_failed`, and in a `read_only_store` also `errc::unsupported_format` and `errc::busy`.
class store_reader {
 public:
  // ---- reading

  /// The event with this id. Throws `errc::not_found`. Logarithmic in the number of events.
  [[nodiscard]] event_view get(const event_id& id);
  /// As `get`, but returns nothing if there is no such event.
  [[nodiscard]] std::optional<event_view> find(const event_id& id);

  /// The event that was appended with this idempotency key; nothing if there is none, or it was dropped. Looks up the
  /// key in each segment, the latest first. Throws reading errors.
  [[nodiscard]] std::optional<event_view> find_by_key(const event_id& key);

  /// The events that a region selects, in the order of the log, as of now. Later appends are not included.
  /// `query(wanted).reverse()` has the last one first. Throws reading errors, here and while the range is walked
  /// through.
  [[nodiscard]] event_range query(region wanted);
  /// The events of this entity. Throws as `query` does.
  [[nodiscard]] event_range stream(std::string_view entity) { return query(region::entity(entity)); }
  /// The events in this scope. Throws as `query` does.
  [[nodiscard]] event_range by_scope(std::string_view scope) { return query(region::scope(scope)); }
  /// The events of this kind. Throws as `query` does.
  [[nodiscard]] event_range by_kind(event_kind kind) { return query(region::all().with_kind(kind)); }
  /// The last event that a region selects; nothing if it selects none. Reads the log from its end. Throws
  /// reading errors.
  [[nodiscard]] std::optional<event_view> last(const region& wanted);
  /// The number of events that a region selects. Constant time for each segment if the region has only an entity, a
  /// scope or kinds. Throws reading errors.
  [[nodiscard]] std::uint64_t count(const region& wanted);

  // ---- lineage

  /// The cause of an event: one event, or none. Like the members below, throws `errc::not_found` if there is no event
  /// with this id.
  [[nodiscard]] std::vector<event_view> causes(const event_id& id);
  /// The events whose cause is this one, in the order of the log. Throws as `causes` does.
  [[nodiscard]] std::vector<event_view> effects(const event_id& id);
  /// The events of this event's conversation, itself included, in the order of the log. Throws as `causes` does.
  [[nodiscard]] std::vector<event_view> correlated(const event_id& id);
  /// The earlier events of this event's entity that were not dropped, on all lanes, the nearest first, at most `limit`.
  /// Throws as `causes` does.
  [[nodiscard]] std::vector<event_view> ancestors(const event_id& id, std::size_t limit);
  /// The conversation of this event, as a graph of causes and effects. Throws as `causes` does.
  [[nodiscard]] quipu::causal_graph causal_graph(const event_id& id) { return quipu::causal_graph{correlated(id)}; }

  // ---- projecting

  /// The state of an entity: `State{}` with all its events folded in; nothing if the entity has no event. `demand` says
  /// how fresh the state must be; by default it includes every visible event. Throws `errc::schema_drift` if the log
  /// has another shape of a folded event, `errc::decode_failed`, `errc::not_found` for `freshness::at_least` of an
  /// event that is not visible yet, and what `apply` throws. With a cache, throws `errc::invalid_argument` if another
  /// type with this name, shape and events was projected from this log, and what the cache throws if
  /// `config.cache.on_failure` is `cache_failure::refuse`.
  template <class State>
  [[nodiscard]] auto project(std::string_view entity, freshness demand = {}) {
    if constexpr (!detail::projectable<State>) {
      return detail::refuse_projecting<State>();
    } else {
      // An optional that is only made takes less time to compile than one that is changed, for each state.
      State state{};
      if (project_entity(&state, detail::state_type<State>, entity, demand) == 0) return std::optional<State>{};
      return std::optional<State>{std::in_place, std::move(state)};
    }
  }

  /// The state of an entity as it was at a past moment; nothing if it had no event then. Folds from the first event.
  template <class State>
  [[nodiscard]] auto project(std::string_view entity, as_of moment) {
    if constexpr (!projection<State>) {
      return detail::refuse_projecting<State>();
    } else {
      std::optional<State> answer{std::in_place};
      if (!project_as_of(&*answer, detail::uncached_state_type<State>, entity, moment)) answer.reset();
      return answer;
    }
  }

  /// One state over all events that a region selects, of all entities, in the order of the log. Throws as
  /// `project(entity)` does without a cache, and `errc::invalid_argument` if the region leaves out a kind from whose
  /// events upcasts make events that the region selects and `State` folds (docs/upcasting.md).
  template <class State>
  [[nodiscard]] auto project(const region& wanted) {
    if constexpr (!projection<State>) {
      return detail::refuse_projecting<State>();
    } else {
      State state{};
      project_region(&state, detail::uncached_state_type<State>, wanted);
      return state;
    }
  }

  /// Several states over all events that a region selects, as `project<State>(wanted)` makes each, in one pass over the
  /// log: `const auto [sums, names] = store.project_together<totals, index>(wanted)`. Returns a tuple; all states are
  /// of the same moment. Throws as `project(wanted)` does.
  template <class First, class... More>
  [[nodiscard]] auto project_together(const region& wanted) {
    if constexpr (!projection<First>) {
      return detail::refuse_projecting<First>();
    } else if constexpr (!(projection<More> && ...)) {
      return project_together<More...>(wanted);  // says which one isn't a projection
    } else {
      std::tuple<First, More...> states{};
      std::apply(
          [&](auto&... each) {
            const detail::folded_state folded[]{
                {&each, &detail::uncached_state_type<std::remove_reference_t<decltype(each)>>}...};
            project_region(folded, wanted);
          },
          states);
      return states;
    }
  }

  /// Folds one state for each entity that has an event in the region, from those events alone: with `region::scope(s)`,
  /// from the entity's events in that scope, which may differ from `project(entity)`. Calls `take(entity, state)` for
  /// each, one after the other, in the calling thread. Folding uses all processors. All states are in memory at once.
  /// Where the region selects all events of its entities, and they have many, states are taken from the cache and
  /// folded on from there; a cache that supports it is told beforehand which. Throws as `project(entity)` and
  /// `project(wanted)` do.
  template <class State, class Take>
  void project_all(const region& wanted, Take&& take) {
    constexpr bool takes_states = std::is_invocable_v<Take&, std::string_view, const State&>;
    static_assert(takes_states, "project_all<State>(region, take): take must be callable as take(entity, state), with "
                                "a std::string_view and a const State&");
    if constexpr (!projection<State>) {
      detail::require_projection<State>();
    } else if constexpr (takes_states) {
      detail::check_selects_sources(wanted, detail::uncached_state_type<State>.shapes);
      const detail::stopwatch time{core_->settings.observer.get()};
      const std::int64_t asked_at_us = cache_now_us();
      const detail::entity_snapshot now = log().snapshot_of({});
      check_shapes(detail::uncached_state_type<State>);
      std::uint64_t states = 0;
      const auto count = [&](std::string_view entity, const State& state) {
        ++states;
        take(entity, state);
      };
      std::vector<detail::counted_entity> entities;
      if constexpr (detail::projectable<State> && !never_cached<State>) {
        entities = entities_to_look_up(detail::state_type<State>, now.seen, wanted);
        if (!entities.empty())
          detail::project_each_cached<State>(cached_log(now.generation, asked_at_us), now.seen, entities,
                                             detail::processor_count(), count);
      }
      if (entities.empty()) detail::project_each<State>(now.seen, wanted, detail::processor_count(), count);
      report_projection({.type = detail::projection_name<State>(),
                         .events = now.seen.end_sequence,
                         .took = time.elapsed(),
                         .states = states});
    }
  }

  /// The state and its count if the entity's number of events differs from `seen`, the count of an earlier answer (0 at
  /// first); nothing if it is the same. The comparison costs one look-up.
  template <class State>
  [[nodiscard]] auto project_if_changed(std::string_view entity, std::uint64_t seen) {
    if constexpr (!detail::projectable<State>) {
      return detail::refuse_projecting<State>();
    } else {
      std::optional<projected<State>> answer;
      if (log().snapshot_of(entity).count == seen) return answer;
      answer.emplace();
      answer->count = project_entity(&answer->state, detail::state_type<State>, entity, freshness::consistent());
      if (answer->count == 0) answer.reset();
      return answer;
    }
  }

  /// The state of an entity and its version, to decide by the one and append with the other:
  ///   const auto now = store.project_with_version<account>("account:alice");
  ///   if (now.state.cents >= 30) store.append(where, withdrawn{30}, {.expected = now.version()});
  /// `State{}` if the entity has no event, or all were dropped. Throws as `project(entity)` does.
  template <class State>
  [[nodiscard]] auto project_with_version(std::string_view entity) {
    if constexpr (!detail::projectable<State>) {
      return detail::refuse_projecting<State>();
    } else {
      projected<State> answer;
      // The count comes first, for a stream whose events were all dropped: then an event that is appended in between
      // ends in a conflict. Otherwise the count of the state counts.
      const std::uint64_t before = log().snapshot_of(entity).count;
      answer.count = project_entity(&answer.state, detail::state_type<State>, entity, freshness::consistent());
      if (answer.count == 0) answer.count = before;
      return answer;
    }
  }

  // ---- the same, without throwing

  [[nodiscard]] outcome<event_view> try_get(const event_id& id);
  template <class State>
  [[nodiscard]] auto try_project(std::string_view entity, freshness demand = {}) {
    if constexpr (!detail::projectable<State>)
      return detail::refuse_projecting<State>();
    else
      return detail::attempt([&] { return project<State>(entity, demand); });
  }

  // ---- delivering: docs/delivery.md says which to take

  /// A cursor over the events of a region, past and future: each once, in order. It begins at `from`, by default at the
  /// log's first event. `unknown` says whether it stops at kinds that the program does not know (unknown_kinds.hpp).
  /// Throws `errc::invalid_argument` for a position of another log or ahead of this one, and for a region that leaves
  /// out old kinds of the events that `unknown` lists; `errc::closed`.
  [[nodiscard]] cursor cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start(),
                                         const unknown_kinds& unknown = {});
  [[nodiscard]] outcome<cursor> try_cursor_guaranteed(region wanted,
                                                      const cursor_position& from = cursor_position::start(),
                                                      const unknown_kinds& unknown = {});

  /// The events of a region that are appended from now on. A subscriber that falls behind by more than
  /// `options.capacity` events loses the oldest. Throws `errc::invalid_argument` for a capacity of 0 or over 2^24, and
  /// for a region as `cursor_guaranteed` does; `errc::closed`.
  [[nodiscard]] subscription subscribe_lossy(region wanted, const subscription_options& options = {});

  /// The state of an entity after each change from now on: `State{}` with all its events folded in. For the state
  /// before the first change, make the watcher first and then call `project`, so that no change is missed. Throws
  /// `errc::closed`.
  template <class State>
  [[nodiscard]] auto watch(std::string_view entity) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return watcher<State>{owned_log(), entity};
  }

  /// Waits until the event of a receipt is visible in this store, at most for `timeout`, a duration of any unit.
  /// Returns whether it is. The receipt may come from another thread or process. If it says `durable`, the event is
  /// durable once it is visible. Throws `errc::invalid_argument` for a receipt of another store; `errc::closed`; and,
  /// in a `read_only_store`, what reading throws.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_visible_for(const receipt& of, const Duration& timeout) {
    return detail::wait_until_visible(*owned_log(), of, detail::wait_end::after(timeout));
  }

  /// The named cursors of the store, sorted by name. Throws `errc::corrupt` for a damaged checkpoint,
  /// `errc::unsupported_format`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] std::vector<cursor_info> cursors();

  // ---- checking

  /// Verifies everything that is visible: checksums, sequences, the hash chain of each entity, the log's head, and the
  /// mark of a replica. Reads the whole log. Dropped and erased events are counted; their hashes must fit into the
  /// chain and the head. Calls `report`, if it is set, regularly with a `progress` in events; if it returns false,
  /// throws `errc::cancelled`. Throws `errc::corrupt` with path and offset of the first damage.
  verification verify(const std::function<bool(const progress&)>& report = {});

  /// Copies the log, as it is now, into a directory that is empty or does not exist. Appends go on meanwhile. The copy
  /// is a store of the same lineage, on stable storage when this returns. Sealed segments are shared with it as hard
  /// links if the file system can, and copied otherwise. An interrupted copy does not open. Throws
  /// `errc::invalid_argument` if the directory has files in it or lies in the store's own, `errc::not_found` where the
  /// system knows no directory that it could be made in, `errc::io_failed`, `errc::storage_full`.
  void snapshot(const std::filesystem::path& target);

  // ---- about the log

  /// The store's lineage: an id that it shares with its snapshots, and with no other store. Throws `errc::closed`.
  [[nodiscard]] event_id identity() { return log().identity().lineage; }
  /// One hash over all visible events: BLAKE3 of their hashes, concatenated in order. Zero in an unchained store. A
  /// copy that is kept elsewhere detects a log that was cut or rolled back; see `config.expected_head`. Throws
  /// reading errors.
  [[nodiscard]] digest head() { return log().head(); }
  /// The configuration with which the store was opened. Must not be called on a store that was moved from. Never fails.
  [[nodiscard]] const config& settings() const { return core_->settings; }

 protected:
  explicit store_reader(std::shared_ptr<detail::store_core> core);
  store_reader(store_reader&&) = default;
  store_reader& operator=(store_reader&&) = default;
  ~store_reader() = default;

  [[nodiscard]] detail::log_source& log() const;
  [[nodiscard]] const detail::core_owner& core() const noexcept { return core_; }
  void close_core();

  /// Makes `state`, which is `State{}`, the state of what a region selects. Returns the number of events in the log by
  /// then, selected or not.
  std::uint64_t project_region(void* state, const detail::state_operations& type, const region& wanted) {
    const detail::folded_state only{state, &type};
    return project_region({&only, 1}, wanted);
  }
  /// As above, for several states.
  std::uint64_t project_region(std::span<const detail::folded_state> states, const region& wanted);

 private:
  /// The log, for objects that may outlive the store.
  [[nodiscard]] std::shared_ptr<detail::log_source> owned_log() const { return {core_.share(), &log()}; }

  /// Compares the shapes of the folded events with the log's schemas, once in each thread for each type and store, and
  /// again when the log gets a schema. Must be called after taking the snapshot that is folded, so that no schema in it
  /// is missed.
  void check_shapes(const detail::state_operations& type);

  /// Makes sure that no other type's states of this log are cached under the projection's fingerprint, once in each
  /// thread for each type and store. Throws `errc::invalid_argument`.
  void claim_fingerprint(const detail::state_operations& type);

  /// Makes `state`, which is `State{}`, the state of an entity. Returns the number of the entity's events that it
  /// accounts for, dropped ones included; 0 if the entity has none, or all were dropped.
  [[nodiscard]] std::uint64_t project_entity(void* state, const detail::state_operations& type, std::string_view entity,
                                             freshness demand);
  /// Makes `state`, which is `State{}`, the state of an entity at a moment; false if it had no event by then.
  [[nodiscard]] bool project_as_of(void* state, const detail::state_operations& type, std::string_view entity,
                                   as_of moment);
  void report_projection(const observer::projected& what) const noexcept;
  /// As `project_entity`. Sets `cached` if it took a state from the cache.
  [[nodiscard]] std::uint64_t find_state(void* state, const detail::state_operations& type, std::string_view entity,
                                         freshness demand, bool& cached);

  /// The time at which a state that is folded now is cached; 0 without a cache.
  [[nodiscard]] std::int64_t cache_now_us();
  /// The entities whose states `project_all` looks up in the cache; none without a cache.
  [[nodiscard]] std::vector<detail::counted_entity> entities_to_look_up(const detail::state_operations& type,
                                                                        const detail::log_snapshot& seen,
                                                                        const region& wanted);
  [[nodiscard]] detail::cached_log cached_log(std::uint64_t generation, std::int64_t asked_at_us);

  [[nodiscard]] bool is_fresh_enough(const detail::cached_projection& found, const detail::log_snapshot& seen,
                                     std::string_view entity, const freshness& demand, std::int64_t asked_at_us);

  detail::core_owner core_;
};

}  // namespace quipu::inline QUIPU_MODE
