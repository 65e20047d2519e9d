// SPDX-License-Identifier: BSL-1.0
//
// store_reader.hpp: everything that can be asked of a store: its events, the states that are folded from them, and
// their delivery to consumers. `store` and `read_only_store` derive from it.
#pragma once

#include "../coordinate/region.hpp"
#include "../delivery/cursor.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/detail/visibility.hpp"
#include "../delivery/detail/wait_time.hpp"
#include "../delivery/subscription.hpp"
#include "../delivery/watcher.hpp"
#include "../event/event_view.hpp"
#include "../journal/append_options.hpp"
#include "../journal/maintain/log_verifier.hpp"
#include "../journal/read/event_range.hpp"
#include "../journal/read/lineage.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/as_of.hpp"
#include "../projection/freshness.hpp"
#include "../projection/projection.hpp"
#include "causal_graph.hpp"
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
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// The reading members of a store. Everything may be called from several threads at once. Throws `errc::closed` after
/// the store was closed or moved from; ranges, views, cursors and subscriptions that were given out keep what they need
/// and may outlive the store.
class store_reader {
 public:
  // ---- reading
  // ---------------------------------------------------------------------------------------------------------------

  /// The event with this id; `errc::not_found` where there is none.
  [[nodiscard]] event_view get(const event_id& id);
  /// The event with this id, or nothing. Logarithmic in the number of events.
  [[nodiscard]] std::optional<event_view> find(const event_id& id);

  /// The events that a region selects, in the order of the log, as of now.
  [[nodiscard]] event_range query(region wanted);
  /// The events of exactly this entity.
  [[nodiscard]] event_range stream(std::string_view entity) { return query(region::entity(entity)); }
  /// The events in exactly this scope.
  [[nodiscard]] event_range by_scope(std::string_view scope) { return query(region::scope(scope)); }
  [[nodiscard]] event_range by_kind(event_kind kind) { return query(region::all().with_kind(kind)); }
  /// How many events a region selects. Constant time for each segment where it names no more than an entity, a scope or
  /// kinds.
  [[nodiscard]] std::uint64_t count(const region& wanted);

  // ---- lineage
  // ---------------------------------------------------------------------------------------------------------------

  /// The event that this one is a reaction to, if it is one. `errc::not_found` where there is no such event; so for all
  /// of these.
  [[nodiscard]] std::vector<event_view> causes(const event_id& id);
  /// The events that are reactions to this one, in the order of the log.
  [[nodiscard]] std::vector<event_view> effects(const event_id& id);
  /// The events of the conversation that this one belongs to, itself included, in the order of the log.
  [[nodiscard]] std::vector<event_view> correlated(const event_id& id);
  /// The events of this one's entity that came before it, on whichever lane, the nearest first, at most `limit`.
  [[nodiscard]] std::vector<event_view> ancestors(const event_id& id, std::size_t limit);
  /// The conversation that this event belongs to, as a graph of causes and effects.
  [[nodiscard]] quipu::causal_graph causal_graph(const event_id& id) { return quipu::causal_graph{correlated(id)}; }

  // ---- projecting
  // ------------------------------------------------------------------------------------------------------------

  /// The state of an entity: `State{}` with all its events folded in; nothing where the entity has no event. `demand`
  /// says how new it must be: by default every event is in it that is visible now. Throws `errc::schema_drift` where
  /// the log has another shape of a folded event, `errc::decode_failed`, what `apply` throws, `errc::cache_failed`
  /// where the cache met an I/O error, and `errc::not_found` for `freshness::at_least` of an event that isn't there
  /// yet.
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

  /// The state of an entity as it was at a past moment; nothing where it had no event by then. Folds from the first
  /// event.
  template <class State>
  [[nodiscard]] auto project(std::string_view entity, as_of moment) {
    if constexpr (!projection<State>) {
      return detail::refuse_projecting<State>();
    } else {
      const detail::log_snapshot seen = log().snapshot();
      check_shapes(detail::uncached_state_type<State>);
      std::optional<State> answer{std::in_place};
      if (!detail::fold_as_of(&*answer, detail::uncached_state_type<State>, seen, entity, moment)) answer.reset();
      return answer;
    }
  }

  /// One state over all the events that a region selects, whichever entity they belong to, in the order of the log.
  template <class State>
  [[nodiscard]] auto project(const region& wanted) {
    if constexpr (!projection<State>) {
      return detail::refuse_projecting<State>();
    } else {
      const detail::log_snapshot seen = log().snapshot();
      check_shapes(detail::uncached_state_type<State>);
      State state{};
      detail::fold_region(&state, detail::uncached_state_type<State>, seen, wanted);
      return state;
    }
  }

  /// The state of each entity that has an event in the region, folded from those events: `take(entity, state)` is
  /// called for each, one after the other, by the calling thread. The folding uses the processors that there are; all
  /// the states are in memory at once.
  template <class State, class Take>
  void project_all(const region& wanted, Take&& take) {
    if constexpr (!projection<State>) {
      detail::require_projection<State>();
    } else {
      check_shapes(detail::uncached_state_type<State>);
      detail::project_each<State>(log().snapshot(), wanted, std::thread::hardware_concurrency(), take);
    }
  }

  /// The state and its count where the entity has another number of events than `seen`, the count of an earlier answer
  /// (0 at first); nothing where it hasn't. Finding that out costs a look-up.
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

  // ---- the same, without throwing
  // -------------------------------------------------------------------------------------------

  [[nodiscard]] outcome<event_view> try_get(const event_id& id);
  template <class State>
  [[nodiscard]] auto try_project(std::string_view entity, freshness demand = {}) {
    if constexpr (!detail::projectable<State>)
      return detail::refuse_projecting<State>();
    else
      return detail::attempt([&] { return project<State>(entity, demand); });
  }

  // ---- delivering: docs/delivery.md says which to take
  // ------------------------------------------------------------------------

  /// A cursor over the events of a region: each once, in order, those that are there and those that come. It begins at
  /// `from`: by default at the log's first event. Throws `errc::invalid_argument` for a position that isn't of this
  /// log, or ahead of it; `errc::closed`.
  [[nodiscard]] cursor cursor_guaranteed(region wanted, const cursor_position& from = cursor_position::start());
  [[nodiscard]] outcome<cursor> try_cursor_guaranteed(region wanted,
                                                      const cursor_position& from = cursor_position::start());

  /// The events of a region from now on, as they are appended. Whoever falls behind by more than `options.capacity`
  /// events loses the oldest. Throws `errc::invalid_argument` for a capacity of 0 or over 2^24; `errc::closed`.
  [[nodiscard]] subscription subscribe_lossy(region wanted, const subscription_options& options = {});

  /// The state of an entity after each change from now on: `State{}` with all its events folded in. To have the state
  /// before the first change as well, make the watcher and then `project`: so no change is missed. Throws
  /// `errc::closed`.
  template <class State>
  [[nodiscard]] auto watch(std::string_view entity) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return watcher<State>{shared_log(), entity};
  }

  /// Waits until this store shows the event of a receipt, and no longer than `timeout`, a duration of any unit; whether
  /// it does. So who has a receipt from elsewhere, another thread or process, reads what was written there. Durable,
  /// where the receipt says so: a receipt that does was given when the event was on stable storage, and an event that
  /// isn't there yet is never seen before. Throws `errc::invalid_argument` for a receipt of another store;
  /// `errc::closed`; reading a `read_only_store`, as that does.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_visible_for(const receipt& of, const Duration& timeout) {
    return detail::wait_until_visible(*shared_log(), of, detail::wait_end::after(timeout));
  }

  /// The named cursors of the store, by name. Throws `errc::corrupt` for a checkpoint that is damaged,
  /// `errc::unsupported_format`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] std::vector<cursor_info> cursors() { return detail::list_checkpoints(log().directory()); }

  // ---- checking
  // ----------------------------------------------------------------------------------------------------------------

  /// Checks everything that is visible against itself: checksums, numbers, the hash chain of each entity, the log's
  /// head. Events that a compaction dropped or erased are counted: their hashes must fit into the chain and the head.
  /// Throws `errc::corrupt` with path and offset of the first damage. Reads all of the log. `report`, if there is one,
  /// is called now and then with a `progress` in events; when it returns false, the work ends with `errc::cancelled`.
  verification verify(const std::function<bool(const progress&)>& report = {});

  /// Copies the log, as it is now, into a directory that is empty or isn't there yet; appending goes on meanwhile.
  /// Sealed segments are shared with the copy, as hard links, where the file system can, so that it costs about as much
  /// as the last segment; on another device it is a copy. It is a store of the same lineage, whole and on stable
  /// storage when this returns. A copy that was cut short doesn't open. Throws `errc::invalid_argument` where the
  /// directory has files in it, `errc::io_failed`, `errc::storage_full`.
  void snapshot(const std::filesystem::path& target) { log().copy_to(target); }

  // ---- about the log
  // ---------------------------------------------------------------------------------------------------------

  /// The store's lineage: it and its snapshots have it in common, and no other store.
  [[nodiscard]] event_id identity() { return log().identity().lineage; }
  /// A hash over all visible events, in order: BLAKE3 over the events' hashes, one behind the other. Whoever keeps it
  /// elsewhere can tell later that the log was cut or rolled back. Zero where the store keeps no chain.
  [[nodiscard]] digest head() { return log().head(); }
  [[nodiscard]] const config& settings() const { return core_->settings; }

 protected:
  explicit store_reader(std::shared_ptr<detail::store_core> core);
  store_reader(store_reader&&) = default;
  store_reader& operator=(store_reader&&) = default;
  ~store_reader() = default;

  [[nodiscard]] detail::log_source& log() const;
  [[nodiscard]] const detail::core_owner& core() const noexcept { return core_; }
  void close_core();

 private:
  /// The log, for what may outlive the store.
  [[nodiscard]] std::shared_ptr<detail::log_source> shared_log() const { return {core_.share(), &log()}; }

  /// Compares the shapes of the folded events with the log's; in each thread once for each type and store, and again
  /// when the log got a schema. Comes after the snapshot that is folded, so that nothing in it was missed.
  void check_shapes(const detail::state_operations& type);

  /// Makes `state`, which is `State{}`, that of an entity. Returns how many of the entity's events are in it, by their
  /// numbers, so dropped ones count; 0 where it has none, or all were dropped.
  [[nodiscard]] std::uint64_t project_entity(void* state, const detail::state_operations& type, std::string_view entity,
                                             freshness demand);

  [[nodiscard]] bool is_fresh_enough(const detail::cached_projection& found, const detail::log_snapshot& seen,
                                     std::string_view entity, const freshness& demand, std::int64_t asked_at_us);

  detail::core_owner core_;
};

}  // namespace quipu::inline QUIPU_MODE
