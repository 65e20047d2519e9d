// SPDX-License-Identifier: BSL-1.0
//
// projector.hpp: states from stored events. A state is taken from the cache where the cache's is good enough, and folded on from there;
// a projection being a fold by construction, that is always the same as folding from the first event.
#pragma once

#include "../../cache/no_cache.hpp"
#include "../../cache/projection_cache.hpp"
#include "../../coordinate/region.hpp"
#include "../../journal/detail/selection.hpp"
#include "../../journal/detail/segment.hpp"
#include "../../projection/as_of.hpp"
#include "../../projection/cache_key.hpp"
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
      const auto names = owner->names_of(frame.coordinate());
      const event_view view{frame, names.entity, names.scope, owner};
      folder<State>::fold_view(state, view);
    } else {
      folder<State>::fold_frame(state, frame);
    }
  }
};

/// Folds what a region selects.
template <class State>
[[nodiscard]] State fold_region(const log_snapshot& seen, const region& wanted) {
  State state{};
  visit_frames(seen, wanted, frame_folding<State>{state});
  return state;
}

/// The state of an entity as it was; nothing where it had no event by then.
template <class State>
[[nodiscard]] std::optional<State> fold_as_of(const log_snapshot& seen, std::string_view entity, as_of moment) {
  std::optional<State> state;
  bool over = false;
  visit_entity(seen, entity, 0, [&](const std::shared_ptr<segment>& owner, const frame_view& frame) {
    over = over || !moment.includes(frame.entity_sequence(), frame.id().reading().wall_us);
    if (over) return;
    if (!state) state.emplace();
    frame_folding<State>{*state}(owner, frame);
  });
  return state;
}

/// A cached state that was believed.
template <class State>
struct cached_state {
  State state{};
  std::uint64_t count{};  ///< events of the entity that are folded into it
  std::int64_t cached_at_us{};
};

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
template <class State, class Cache>
class cached_projection {
  using state_envelope = basic_state_envelope<deferred<State, when_used>>;

 public:
  cached_projection(Cache& cache, const event_id& lineage, std::string_view entity) : cache_{cache}, lineage_{lineage}, entity_{entity} {
    bytes& key = buffers_.key;
    key.clear();
    byte_writer writer{key};
    writer.write(bytes_view{entity});
    writer.put(std::uint8_t{0});
    writer.put(fingerprint<State>());
  }

  /// The cached state, if there is one of this store, entity and build, folded from events that this snapshot has.
  [[nodiscard]] std::optional<cached_state<State>> find(const log_snapshot& seen, std::uint64_t count) {
    cache_meta meta;
    if (!cache_get_into(cache_, bytes_view{buffers_.key}, buffers_.value, meta)) return std::nullopt;
    const auto envelope = state_envelope::read(bytes_view{buffers_.value});
    if (!envelope || envelope->lineage != lineage_ || envelope->fingerprint != fingerprint<State>()) return std::nullopt;
    if (envelope->count == 0 || envelope->count > count) return std::nullopt;
    const auto last = seen.find_entity_sequence(entity_, envelope->count - 1);
    if (!last || last.frame.id() != envelope->last) return std::nullopt;
    std::optional<cached_state<State>> found{std::in_place};
    if (!decode_into(state_envelope::state_of(bytes_view{buffers_.value}), found->state)) return std::nullopt;
    found->count = envelope->count;
    found->cached_at_us = meta.cached_at_us;
    return found;
  }

  /// Gives a state to the cache.
  void put(const State& state, std::uint64_t count, const event_id& last, std::int64_t now_us) {
    const state_envelope envelope{lineage_, fingerprint<State>(), count, last};
    envelope.begin(buffers_.value);
    byte_writer writer{buffers_.value};
    encode_to(writer, state);
    state_envelope::seal(buffers_.value);
    cache_.put(bytes_view{buffers_.key}, bytes_view{buffers_.value}, cache_meta{count, now_us});
  }

 private:
  Cache& cache_;
  const event_id& lineage_;
  std::string_view entity_;
  projection_buffers& buffers_ = projection_buffers::of_this_thread();
};

}  // namespace quipu::detail
