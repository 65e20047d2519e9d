// SPDX-License-Identifier: BSL-1.0
//
// projector.ipp: see store/detail/projector.hpp.
#pragma once

#include "../../../cache/detail/fingerprint_claims.hpp"
#include "../../../cache/detail/guarded_cache.hpp"
#include "../../../codec/detail/record_operations.hpp"
#include "../../../coordinate/region.hpp"
#include "../../../journal/read/checked_frames.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../projection/as_of.hpp"
#include "../../../projection/cache_key.hpp"
#include "../../../projection/caching.hpp"
#include "../../../projection/folder.hpp"
#include "../../../projection/freshness.hpp"
#include "../../../store/detail/projector.hpp"
#include "../../../store/detail/state_envelope.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL region folded_part(const state_operations& type, const region& wanted) {
  if (type.shapes.empty()) return wanted;  // it folds any event
  region::kind_list kinds;
  for (const event_shape* each : type.shapes) kinds.push_back(each->kind);
  return wanted.with_kinds(kinds);
}

QUIPU_DECL void fold_region(std::span<const folded_state> states, const log_snapshot& seen, const region& wanted) {
  const auto fold = [&](const checked_frames& frames) {
    for (const folded_state& each : states) each.type->fold(each.state, frames);
  };
  visit_region(seen, wanted, frames_visitor{fold});
}

QUIPU_DECL void fold_region(void* state, const state_operations& type, const log_snapshot& seen, const region& wanted) {
  const folded_state only{state, &type};
  fold_region({&only, 1}, seen, wanted);
}

QUIPU_DECL event_id fold_entity(void* state, const state_operations& type, const log_snapshot& seen,
                                std::string_view entity, std::uint64_t first) {
  event_id last{};
  const auto fold = [&](const checked_frames& frames) {
    type.fold(state, frames);
    last = frames[frames.size() - 1].id();
  };
  visit_entity(seen, entity, first, frames_visitor{fold});
  return last;
}

QUIPU_DECL bool fold_as_of(void* state, const state_operations& type, const log_snapshot& seen, std::string_view entity,
                           as_of moment) {
  bool any = false;
  bool is_over = false;  // the events of an entity ascend in all times but the valid one
  std::vector<std::uint32_t> included;
  const auto fold = [&](const checked_frames& frames) {
    if (is_over) return;
    included.clear();
    for (std::size_t index = 0; index < frames.size(); ++index) {
      const frame_view frame = frames[index];
      if (moment.includes(frame.sequence(), frame.entity_sequence(), frame.timestamp_us(), frame.valid_time_us()))
        included.push_back(frames.place(index));
    }
    is_over = !moment.is_valid_time() && included.size() < frames.size();
    if (included.empty()) return;
    any = true;
    type.fold(state, frames.others(included.data(), included.size()));
  };
  region history = region::entity(entity);
  if (moment.is_entity_sequence()) history = history.with_entity_sequence_range(0, moment.last_entity_sequence());
  if (moment.is_sequence()) history = history.with_sequence_range(0, moment.last_sequence());
  visit_region(seen, history, frames_visitor{fold});
  return any;
}

QUIPU_DECL projection_buffers& projection_buffers::of_this_thread() {
  static thread_local projection_buffers buffers;
  return buffers;
}

QUIPU_DECL cached_projection::cached_projection(guarded_cache& cache, const event_id& lineage, std::uint64_t generation,
                                                std::string_view entity, void* state, const state_operations& type)
    : cache_{cache}, lineage_{lineage}, generation_{generation}, entity_{entity}, state_{state}, type_{type} {
  bytes& key = buffers_.key;
  key.clear();
  byte_writer writer{key};
  writer.write(bytes_view{entity});
  writer.put(std::uint8_t{0});
  writer.put(type.identity.fingerprint);
}

QUIPU_DECL void cached_projection::announce(std::uint64_t count, std::int64_t now_us) {
  cache_.prefetch(bytes_view{buffers_.key}, cache_meta{count, now_us});
}

QUIPU_DECL bool cached_projection::find(const log_snapshot& seen, std::uint64_t count, const event_id& last) {
  cache_meta meta;
  if (!cache_.get_into(bytes_view{buffers_.key}, buffers_.value, meta)) return false;
  const auto envelope = state_envelope::read(bytes_view{buffers_.value});
  if (!envelope || envelope->lineage != lineage_ || envelope->generation != generation_ ||
      envelope->fingerprint != type_.identity.fingerprint)
    return false;
  if (envelope->count == 0 || envelope->count > count) return false;
  const bool is_current = envelope->count == count && envelope->last == last && !last.is_nil();
  if (!is_current && !has_event(seen, envelope->count, envelope->last)) return false;
  const bytes_view encoded = state_envelope::state_of(bytes_view{buffers_.value});
  if (!cache_.decodes([&] { return decode_record(encoded, state_, *type_.encoding); })) {
    type_.renew(state_);
    return false;
  }
  count_ = envelope->count;
  cached_at_us_ = meta.cached_at_us;
  return true;
}

QUIPU_DECL bool cached_projection::has_event(const log_snapshot& seen, std::uint64_t count, const event_id& id) const {
  const auto last = seen.find_last_before(entity_, count);
  return last && last.frame.id() == id;
}

QUIPU_DECL void cached_projection::put(std::uint64_t count, const event_id& last, std::int64_t now_us) {
  const state_envelope envelope{lineage_, generation_, type_.identity.fingerprint, count, last};
  const auto encode = [&](bytes& to) {
    envelope.begin(to);
    byte_writer writer{to};
    encode_record(writer, state_, *type_.encoding);
    state_envelope::seal(to);
  };
  cache_.put(generation_, bytes_view{buffers_.key}, buffers_.value, cache_meta{count, now_us}, encode);
}

}  // namespace quipu::detail::inline QUIPU_MODE
