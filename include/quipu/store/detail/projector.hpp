// SPDX-License-Identifier: BSL-1.0
//
// projector.hpp: states from stored events. A state is taken from the cache where the cache's is good enough, and folded on from there;
// a projection being a fold by construction, that is always the same as folding from the first event.
//
// All but what touches a state itself is compiled once, not for each projection: it has the state as an address, and a table of what to do
// with it.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../coordinate/region.hpp"
#include "../../journal/read/selection.hpp"
#include "../../journal/segment/segment.hpp"
#include "../../projection/as_of.hpp"
#include "../../projection/cache_key.hpp"
#include "../../projection/caching.hpp"
#include "../../projection/folder.hpp"
#include "../../projection/freshness.hpp"
#include "state_envelope.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace quipu::detail {

/// Folds frames as a snapshot's visitors give them.
template <class State>
struct frame_folding {
  State& state;

  void operator()(const std::shared_ptr<segment>& owner, const frame_view& frame) {
    if constexpr (folder<State>::needs_views) {
      if (frame.kind() == event_kind::tombstone) return;  // an erased event: it is there, and says nothing
      const auto names = owner->names_of(frame.coordinate());
      const event_view view{frame, names.entity, names.scope, owner};
      folder<State>::fold_view(state, view);
    } else {
      folder<State>::fold_frame(state, frame);
    }
  }
};

/// For which store, and after how many changes of its schemas, a thread last compared shapes with the log's.
struct shapes_checked {
  std::uint64_t store{};
  std::uint64_t changes{};
};

/// What can be done with a state whose type isn't known.
struct state_operations {
  void (*fold)(void* state, const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count){};
  /// Where states are cached. After a failure the state is as it was.
  bool (*decode)(void* state, bytes_view data){};
  void (*encode)(const void* state, byte_writer& writer){};
  std::uint64_t fingerprint{};
  /// What it folds.
  const event_shape* const* shapes{};
  std::size_t shape_count{};
  /// What this thread knows of the shapes.
  shapes_checked& (*checked)(){};
};

/// Calls what folds frames of a segment; where an event's version can't be read, the error gets the shape that the log has.
template <class Fold>
void fold_naming_drift(const std::shared_ptr<segment>& owner, const Fold& fold) {
  try {
    fold();
  } catch (const version_drift& drift) {
    drift.throw_with_logged(owner->schema_text(drift.kind(), drift.stored()));
  }
}

template <class State>
void fold_places(void* state, const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) {
  frame_folding<State> fold{*static_cast<State*>(state)};
  fold_naming_drift(owner, [&] {
    for (std::size_t index = 0; index < count; ++index) fold(owner, owner->sound_frame_at(places[index]));
  });
}
template <class State>
bool decode_state(void* state, bytes_view data) {
  State read{};
  if (!decode_into(data, read)) return false;
  *static_cast<State*>(state) = std::move(read);
  return true;
}
template <class State>
void encode_state(const void* state, byte_writer& writer) {
  encode_to(writer, *static_cast<const State*>(state));
}

template <class Events>
struct shape_list {  // any_event
  static constexpr const event_shape* const* shapes = nullptr;
  static constexpr std::size_t count = 0;
};
template <class... Events>
struct shape_list<event_list<Events...>> {
  static constexpr std::size_t count = sizeof...(Events);
  static constexpr const event_shape* shapes[count]{&event_shape_of<Events>...};
};
template <class State>
shapes_checked& checked_by_this_thread() noexcept {
  static thread_local shapes_checked checked;
  return checked;
}

template <class State, bool is_cached>
[[nodiscard]] constexpr auto operations_of() noexcept {
  using shapes = shape_list<typename State::events>;
  state_operations operations;
  operations.fold = &fold_places<State>;
  operations.shapes = shapes::shapes;
  operations.shape_count = shapes::count;
  operations.checked = &checked_by_this_thread<State>;
  if constexpr (is_cached) {
    operations.decode = &decode_state<State>;
    operations.encode = &encode_state<State>;
    operations.fingerprint = fingerprint<State>();
  }
  return operations;
}
/// For a store that may cache the state.
template <class State>
inline constexpr state_operations state_type = operations_of<State, !never_cached<State>>();
/// For folds that no cache takes part in.
template <class State>
inline constexpr state_operations uncached_state_type = operations_of<State, false>();

/// Folds what a region selects.
inline void fold_region(void* state, const state_operations& type, const log_snapshot& seen, const region& wanted) {
  const auto fold = [&](const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) {
    type.fold(state, owner, places, count);
  };
  visit_region(seen, wanted, places_visitor{fold});
}

/// Folds an entity's events from entity sequence `first` on, and returns the last one's id.
inline event_id fold_entity(void* state, const state_operations& type, const log_snapshot& seen, std::string_view entity,
                     std::uint64_t first) {
  event_id last{};
  const auto fold = [&](const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) {
    type.fold(state, owner, places, count);
    last = owner->sound_frame_at(places[count - 1]).id();
  };
  visit_entity(seen, entity, first, places_visitor{fold});
  return last;
}

/// Folds an entity's events up to a moment; false where it had none by then.
inline bool fold_as_of(void* state, const state_operations& type, const log_snapshot& seen, std::string_view entity, as_of moment) {
  bool any = false;
  bool over = false;
  const auto fold = [&](const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) {
    std::size_t included = 0;
    while (!over && included < count) {
      const frame_view frame = owner->sound_frame_at(places[included]);
      over = !moment.includes(frame.sequence(), frame.entity_sequence(), frame.id().reading().wall_us);
      if (!over) ++included;
    }
    if (included == 0) return;
    any = true;
    type.fold(state, owner, places, included);
  };
  region history = region::entity(entity);
  if (moment.is_entity_sequence()) history = history.with_entity_sequence_range(0, moment.last_entity_sequence());
  if (moment.is_sequence()) history = history.with_sequence_range(0, moment.last_sequence());
  visit_region(seen, history, places_visitor{fold});
  return any;
}

/// Buffers that a thread keeps from one projection to the next.
struct projection_buffers {
  bytes key;
  bytes value;
  [[nodiscard]] static projection_buffers& of_this_thread() {
    static thread_local projection_buffers buffers;
    return buffers;
  }
};

/// Projects one entity with the help of a cache.
class cached_projection {
 public:
  /// `state` is `State{}`.
  cached_projection(cache_interface& cache, const event_id& lineage, std::uint64_t generation, std::string_view entity, void* state,
                    const state_operations& type)
      : cache_{cache}, lineage_{lineage}, generation_{generation}, entity_{entity}, state_{state}, type_{type} {
    bytes& key = buffers_.key;
    key.clear();
    byte_writer writer{key};
    writer.write(bytes_view{entity});
    writer.put(std::uint8_t{0});
    writer.put(type.fingerprint);
  }

  /// Takes the cached state, if there is one of this store, entity and build, folded from events that this snapshot has.
  [[nodiscard]] bool find(const log_snapshot& seen, std::uint64_t count) {
    cache_meta meta;
    if (!cache_.get_into(bytes_view{buffers_.key}, buffers_.value, meta)) return false;
    const auto envelope = state_envelope::read(bytes_view{buffers_.value});
    if (!envelope || envelope->lineage != lineage_ || envelope->generation != generation_ || envelope->fingerprint != type_.fingerprint) return false;
    if (envelope->count == 0 || envelope->count > count) return false;
    const auto last = seen.find_last_before(entity_, envelope->count);
    if (!last || last.frame.id() != envelope->last) return false;
    if (!type_.decode(state_, state_envelope::state_of(bytes_view{buffers_.value}))) return false;
    count_ = envelope->count;
    cached_at_us_ = meta.cached_at_us;
    return true;
  }
  /// Events of the entity that are folded into the state that was found; 0 where none was.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t cached_at_us() const noexcept { return cached_at_us_; }

  /// Gives the state to the cache.
  void put(std::uint64_t count, const event_id& last, std::int64_t now_us) {
    const state_envelope envelope{lineage_, generation_, type_.fingerprint, count, last};
    envelope.begin(buffers_.value);
    byte_writer writer{buffers_.value};
    type_.encode(state_, writer);
    state_envelope::seal(buffers_.value);
    cache_.put(bytes_view{buffers_.key}, bytes_view{buffers_.value}, cache_meta{count, now_us});
  }

 private:
  cache_interface& cache_;
  const event_id& lineage_;
  std::uint64_t generation_;
  std::string_view entity_;
  void* state_;
  const state_operations& type_;
  std::uint64_t count_{};
  std::int64_t cached_at_us_{};
  projection_buffers& buffers_ = projection_buffers::of_this_thread();
};

}  // namespace quipu::detail
