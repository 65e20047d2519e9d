// SPDX-License-Identifier: BSL-1.0
//
// event_importer.ipp: see store/detail/event_importer.hpp.
#pragma once

#include "../../../codec/fingerprint.hpp"
#include "../../../coordinate/coordinate.hpp"
#include "../../../event/event_name.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/journal.hpp"
#include "../../../store/detail/event_importer.hpp"

#include <optional>
#include <string>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL foreign_event foreign_event::of(const event_view& event, const logged_schema& logged) {
  const event_header about = event.header();
  foreign_event made{.id = about.id, .correlation_id = about.correlation_id, .causation_id = about.causation_id};
  made.idempotency_key = event.idempotency_key();
  made.timestamp_us = about.timestamp_us;
  made.given_us = about.given_us;
  made.entity = event.entity();
  made.scope = event.scope();
  made.kind = about.kind;
  made.version = about.schema_version;
  made.schema = logged.text;
  made.type_name = logged.type_name;
  made.flags = about.flags;
  made.depth = about.position.depth;
  made.lane = about.position.lane;
  made.bypass_reason = event.bypass_reason();
  made.metadata = event.metadata().copy();
  for (const std::string_view tag : event.tags()) made.tags.emplace_back(tag);
  made.payload.assign(event.payload().begin(), event.payload().end());
  return made;
}

QUIPU_DECL const logged_schema& logged_schemas::of(const event_view& event) {
  const auto [found, is_new] = known_.try_emplace({event.kind(), event.schema_version()});
  if (is_new) found->second = {event.schema(), event.type_name()};
  return found->second;
}

QUIPU_DECL event_id import_key(const event_id& lineage, const event_id& id) {
  return event_id::from_name(bytes_view{"quipu import " + lineage.str() + ' ' + id.str()});
}

QUIPU_DECL event_importer::event_importer(journal& to, finder find_earlier)
    : to_{to}, find_earlier_{std::move(find_earlier)}, next_sequence_{to.snapshot().end_sequence} {}

QUIPU_DECL receipt event_importer::append(const foreign_event& event) {
  const coordinate where{event.entity, event.scope};  // the journal itself takes any names
  append_entry entry{.entity = where.entity(), .scope = where.scope(), .kind = event.kind};
  entry.payload = bytes_view{event.payload};
  if (!event.schema.empty()) {
    entry.version = event.version;
    entry.schema = event.schema;
    entry.schema_hash = fingerprint_of_text(event.schema);
    entry.type_name = event.type_name;
    entry.type_hash = type_hash_of(entry.schema_hash, event.type_name);
  }
  append_options options;
  options.bypass_reason = event.bypass_reason;
  options.metadata = event.metadata;
  options.timestamp_us = event.given_us;
  options.tags = event.tags;
  options.flags = event.flags;
  options.durability = durability::buffered;
  options.idempotency_key = event.idempotency_key.value_or(event.id);
  if (event.correlation_id != event.id)
    options.correlation_id = find(event.correlation_id).value_or(event.correlation_id);
  if (event.causation_id) options.causation_id = find(*event.causation_id);
  if (event.depth != 0 || event.lane != 0) options.position = dag_position{event.depth, event.lane, 0, 0, 0};
  entry.options = &options;
  const receipt made = to_.append(entry);
  new_ids_.emplace(event.id, made.id);
  if (made.sequence < next_sequence_) {
    ++repeated_;
    return made;
  }
  next_sequence_ = made.sequence + 1;
  ++appended_;
  if (event.causation_id && !options.causation_id) ++causes_cleared_;
  return made;
}

QUIPU_DECL std::optional<event_id> event_importer::find(const event_id& old) const {
  if (const auto found = new_ids_.find(old); found != new_ids_.end()) return found->second;
  return find_earlier_ ? find_earlier_(old) : std::nullopt;
}

}  // namespace quipu::detail::inline QUIPU_MODE
