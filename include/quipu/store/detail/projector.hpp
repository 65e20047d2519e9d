// SPDX-License-Identifier: BSL-1.0
//
// projector.hpp: states from stored events. A state is taken from the cache where the cache's is good enough, and
// folded on from there; a projection being a fold by construction, that is always the same as folding from the first
// event.
//
// All but what touches a state itself is compiled once, not for each projection: it has the state as an address, and a
// table of what to do with it.
#pragma once

#include "../../cache/detail/fingerprint_claims.hpp"
#include "../../cache/detail/guarded_cache.hpp"
#include "../../codec/detail/record_operations.hpp"
#include "../../coordinate/region.hpp"
#include "../../event/detail/shape_list.hpp"
#include "../../journal/read/checked_frames.hpp"
#include "../../journal/read/log_snapshot.hpp"
#include "../../macros.hpp"
#include "../../projection/as_of.hpp"
#include "../../projection/cache_key.hpp"
#include "../../projection/caching.hpp"
#include "../../projection/folder.hpp"
#include "../../projection/freshness.hpp"
#include "state_envelope.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Folds one of some frames.
template <class State>
void fold_one(State& state, const checked_frames& frames, const frame_view& frame) {
  if constexpr (folder<State>::needs_views)
    folder<State>::fold_frame(state, frame, [&frames](frame_view each) {
      return event_view{each, frames.share_origin()};
    });
  else
    folder<State>::fold_frame(state, frame);
}

/// What a thread last checked of a projection, and for which stores.
struct shapes_checked {
  std::uint64_t store{};       ///< whose schemas the shapes were compared with
  std::uint64_t changes{};     ///< of that store's schemas by then
  std::uint64_t claimed_in{};  ///< the store for which the fingerprint was claimed
};

/// What can be done with a state whose type isn't known.
struct state_operations {
  void (*fold)(void* state, const checked_frames& frames){};
  /// How states are cached; null where they aren't.
  const record_operations* encoding{};
  /// Makes a cached state `State{}` again.
  void (*renew)(void* state){};
  projection_identity identity{};
  std::string_view name{};
  /// What it folds; empty if that is any event.
  shape_span shapes{};
  /// What this thread checked.
  shapes_checked& (*checked)(){};
};

template <class State>
void fold_frames(void* state, const checked_frames& frames) {
  frames.for_each([&](const frame_view& frame) { fold_one(*static_cast<State*>(state), frames, frame); });
}
template <class State>
void renew_state(void* state) {
  *static_cast<State*>(state) = State{};
}

template <class State>
shapes_checked& checked_by_this_thread() noexcept {
  static thread_local shapes_checked checked;
  return checked;
}

template <class State, bool is_cached>
[[nodiscard]] constexpr auto operations_of() noexcept {
  state_operations operations;
  operations.name = projection_name<State>();
  operations.fold = &fold_frames<State>;
  operations.shapes = shapes_of(typename State::events{});
  operations.checked = &checked_by_this_thread<State>;
  if constexpr (is_cached) {
    operations.encoding = &record_operations_of<State>;
    operations.renew = &renew_state<State>;
    operations.identity = {fingerprint<State>(), &typeid(State)};
  }
  return operations;
}
/// For a store that may cache the state.
template <class State>
inline constexpr state_operations state_type = operations_of<State, !never_cached<State>>();
/// For folds that no cache takes part in.
template <class State>
inline constexpr state_operations uncached_state_type = operations_of<State, false>();

/// What of a region a projection folds: the region and the projection's kinds.
[[nodiscard]] region folded_part(const state_operations& type, const region& wanted);

/// A state, and what can be done with it.
struct folded_state {
  void* state{};
  const state_operations* type{};
};

/// Folds what a region selects into several states, in one pass over the log.
void fold_region(std::span<const folded_state> states, const log_snapshot& seen, const region& wanted);

/// Folds what a region selects.
void fold_region(void* state, const state_operations& type, const log_snapshot& seen, const region& wanted);

/// Folds an entity's events from entity sequence `first` on, and returns the last one's id.
event_id fold_entity(void* state, const state_operations& type, const log_snapshot& seen, std::string_view entity,
                     std::uint64_t first);

/// Folds an entity's events up to a moment; false where it had none by then.
bool fold_as_of(void* state, const state_operations& type, const log_snapshot& seen, std::string_view entity,
                as_of moment);

/// Buffers that a thread keeps from one projection to the next.
struct projection_buffers {
  bytes key;
  bytes value;
  [[nodiscard]] static projection_buffers& of_this_thread();
};

/// Projects one entity with the help of a cache.
class cached_projection {
 public:
  /// `state` is `State{}`.
  cached_projection(guarded_cache& cache, const event_id& lineage, std::uint64_t generation, std::string_view entity,
                    void* state, const state_operations& type);

  /// Tells the cache that the state of so many events will be asked for.
  void announce(std::uint64_t count, std::int64_t now_us);
  /// Takes the cached state, if there is one of this store, entity and build, folded from events that this snapshot
  /// has. `count` is the number of the entity's events, and `last` the id of the last one if it is known, else nil: a
  /// state that ends with it needs no look into the log. Throws what reading the log throws.
  [[nodiscard]] bool find(const log_snapshot& seen, std::uint64_t count, const event_id& last = {});
  /// Events of the entity that are folded into the state that was found; 0 where none was.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t cached_at_us() const noexcept { return cached_at_us_; }

  /// Gives the state to the cache.
  void put(std::uint64_t count, const event_id& last, std::int64_t now_us);

 private:
  /// Whether an event with this id is the last of the entity's first `count` events that is in the log.
  [[nodiscard]] bool has_event(const log_snapshot& seen, std::uint64_t count, const event_id& id) const;

  guarded_cache& cache_;
  const event_id& lineage_;
  std::uint64_t generation_;
  std::string_view entity_;
  void* state_;
  const state_operations& type_;
  std::uint64_t count_{};
  std::int64_t cached_at_us_{};
  projection_buffers& buffers_ = projection_buffers::of_this_thread();
};

}  // namespace quipu::detail::inline QUIPU_MODE
