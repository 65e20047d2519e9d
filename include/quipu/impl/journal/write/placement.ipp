// SPDX-License-Identifier: BSL-1.0
//
// placement.ipp: see journal/write/placement.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../event/event_tags.hpp"
#include "../../../event/frame.hpp"
#include "../../../event/metadata.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/conflict_error.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/commit_size.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/replica_commit.hpp"
#include "../../../journal/write/schema_ledger.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL placement::placement(std::span<const append_entry> entries, const config& options, bool chained,
                                const replica_commit* replica)
    : entries_{entries}, options_{options}, replica_{replica}, chained_{chained} {
  if (entries.size() > 1) {
    many_.resize(entries.size());
    items_ = many_.data();
  }
  check_sizes();
}

QUIPU_DECL void placement::throw_no_cause(const event_id& id) {
  throw error{errc::not_found, "the cause isn't in the store: " + id.str()};
}

QUIPU_DECL void placement::copy_metadata(std::size_t index, metadata_view of_cause) {
  metadata_map all = entries_[index].options->metadata;
  all.insert(of_cause.begin(), of_cause.end());
  total_.frame_bytes -= event_size(index);
  items_[index].metadata = encode_metadata(all);
  items_[index].extension_size = most_extension_bytes(index);
  total_.frame_bytes += event_size(index);
  check_total();
}

QUIPU_DECL void placement::check_expected(const append_entry& entry, entity_table& entities,
                                          std::uint64_t earlier_in_batch) {
  if (entry.options->expected == expected_version::any()) return;
  const entity_end* known = entities.find(entry.entity);
  const std::uint64_t count = (known == nullptr ? 0 : known->next_sequence) + earlier_in_batch;
  if (!entry.options->expected.allows(count)) throw_conflict(entry, count);
}

QUIPU_DECL void placement::check_same(const append_entry& entry, const append_entry& earlier) {
  if (earlier.entity != entry.entity || earlier.scope != entry.scope || earlier.kind != entry.kind ||
      earlier.version != entry.version || !(earlier.payload == entry.payload))
    throw error{errc::idempotency_mismatch, "the idempotency key " + entry.options->idempotency_key->str() +
                                                " is used twice in a commit for different things"};
}

QUIPU_DECL void placement::repeat_known(const log_snapshot& seen, std::span<receipt> receipts) {
  for (std::size_t index = 0; index < size(); ++index)
    if (const auto& key = entries_[index].options->idempotency_key)
      if (const auto first = seen.find_key(*key)) repeat(index, first, receipts[index]);
}

QUIPU_DECL void placement::repeat(std::size_t index, const typename log_snapshot::found_frame& first, receipt& given) {
  if (hole::is_one(first.frame)) return repeat_dropped(index, first, given);
  const auto names = first.owner->names_of(first.frame.coordinate());
  const append_entry& entry = entries_[index];
  const auto erased = erased_content::of(first.frame);
  if (names.entity != entry.entity || names.scope != entry.scope) throw_mismatch(index, first.frame.sequence());
  if (erased ? !erased->content || !has_content(entry, *erased->content, first.owner->identity())
             : first.frame.kind() != entry.kind || first.frame.schema_version() != entry.version ||
                   !(first.frame.payload() == entry.payload))
    throw_mismatch(index, first.frame.sequence());
  given = {first.frame.id(), first.frame.sequence(), first.frame.entity_sequence(), first.frame.hash(), false};
  items_[index].fresh = false;
  items_[index].id = first.frame.id();
  items_[index].correlation = first.frame.header().correlation_id;
}

QUIPU_DECL void placement::check_conditions(const log_snapshot& seen) {
  for (std::size_t index = 0; index < size(); ++index) {
    const auto& condition = entries_[index].options->condition;
    if (!condition || !items_[index].fresh) continue;
    const std::uint64_t first = std::max(conditions_hold_until_, condition->first_unexpected());
    if (first >= seen.end_sequence) continue;
    const event_range found{seen, condition->unexpected().with_sequence_range(first, UINT64_MAX)};
    if (const auto breaking = found.begin(); breaking != found.end()) throw_conflict(*condition, *breaking);
  }
  conditions_hold_until_ = std::max(conditions_hold_until_, seen.end_sequence);
}

QUIPU_DECL std::uint64_t placement::first_unexpected(const entity_table& entities) const noexcept {
  std::uint64_t first = UINT64_MAX;
  for (std::size_t index = 0; index < size(); ++index) {
    const auto& condition = entries_[index].options->condition;
    if (!condition) continue;
    const region& unexpected = condition->unexpected();
    const bool is_of_one_entity = unexpected.entity_match() == region::match::exact;
    if (is_of_one_entity && entities.placed_end(unexpected.entity_text()) <= condition->first_unexpected()) continue;
    first = std::min(first, condition->first_unexpected());
  }
  return first;
}

QUIPU_DECL bool placement::excludes(const coordinate_slot& where, const frame_view& frame) const noexcept {
  for (std::size_t index = 0; index < size(); ++index) {
    const auto& condition = entries_[index].options->condition;
    if (!condition || !items_[index].fresh) continue;
    const region& unexpected = condition->unexpected();
    // The names alone tell for most events, whose frames are not read then.
    if (unexpected.matches_names(where.entity_name, where.scope) &&
        unexpected.matches(where.entity_name, where.scope, frame.kind(), frame.entity_sequence(), frame.sequence(),
                           event_tags{frame}))
      return true;
  }
  return false;
}

QUIPU_DECL void placement::prepare(entity_table& entities, schema_ledger& schemas) {
  fresh_count_ = 0;
  if (size() > 1) check_batch(entities, schemas);
  for (std::size_t index = 0; index < size(); ++index) {
    const append_entry& entry = entries_[index];
    item& each = items_[index];
    if (!each.fresh) continue;
    if (size() == 1) check_expected(entry, entities, 0);
    each.slot = &entities.coordinate(entry.entity, entry.scope);
    if (entry.version != 0) {
      const bool is_as_before = fresh_count_ != 0 && have_one_type(entries_[last_fresh_], entry);
      each.schema = is_as_before ? items_[last_fresh_].schema : &schemas.require(entry);
    }
    definition_bytes_ = std::max({definition_bytes_, coordinate_definition::size_of(entry.entity, entry.scope),
                                  schema_definition::size_of(entry.schema, entry.type_name)});
    ++fresh_count_;
    last_fresh_ = index;
  }
}

QUIPU_DECL void placement::repeat_dropped(std::size_t index, const typename log_snapshot::found_frame& first,
                                          receipt& given) {
  const append_entry& entry = entries_[index];
  const auto dropped = hole{first.frame, chained_}.find_key(*entry.options->idempotency_key);
  if (!dropped || !has_content(entry, dropped->content, first.owner->identity()))
    throw_mismatch(index, dropped ? dropped->sequence : first.frame.sequence());
  given = {dropped->id, dropped->sequence, dropped->entity_sequence, dropped->hash, false};
  items_[index].fresh = false;
  items_[index].id = dropped->id;
}

QUIPU_DECL bool placement::has_content(const append_entry& entry, const content_digest& kept,
                                       const store_identity& identity) {
  const coordinate_digest where = digest_of(entry.entity, entry.scope);
  const auto is_kept = [&](const digest* key) {
    return kept == content_digest_of(where, entry.kind, entry.version, entry.payload, key);
  };
  // Earlier versions made the digest without a key in every store.
  return is_kept(nullptr) || (identity.digest_key() != nullptr && is_kept(identity.digest_key()));
}

QUIPU_DECL void placement::check_sizes() {
  total_.events = entries_.size();
  for (std::size_t index = 0; index < size(); ++index) {
    const append_entry& entry = entries_[index];
    if (entry.entity.empty() || entry.scope.empty())
      throw error{errc::invalid_coordinate, "the coordinate is empty: it was never set, or moved from"};
    if (entry.payload.size() > options_.payload_max_bytes)
      throw error{errc::payload_too_large,
                  "an event's payload is over config.payload_max_bytes",
                  {.expected = options_.payload_max_bytes, .actual = entry.payload.size()}};
    if (!has_no_options(entry)) check_options(index);
    items_[index].extension_size = most_extension_bytes(index);
    total_.payload_bytes += entry.payload.size();
    total_.frame_bytes += event_size(index) + most_bytes_of_definitions(entry);
  }
  check_total();
}

QUIPU_DECL void placement::check_options(std::size_t index) {
  const append_entry& entry = entries_[index];
  const append_options& options = *entry.options;
  if (options.durability && *options.durability != durability::durable && *options.durability != durability::buffered)
    throw error{errc::invalid_argument, "append_options.durability is neither durable nor buffered"};
  if (options.bypass_reason.size() > bypass_limit)
    throw error{errc::payload_too_large,
                "a reason to bypass the gates is over 1,024 bytes",
                {.expected = bypass_limit, .actual = options.bypass_reason.size()}};
  if (options.idempotency_key && options.idempotency_key->is_nil())
    throw error{errc::invalid_argument, "an idempotency key is the nil id: name what is done with event_id::from_name"};
  if (options.copy_metadata && !options.causation_id && !entry.cause_item)
    throw error{errc::invalid_argument, "append_options.copy_metadata: the event has no cause to copy from"};
  if (!options.metadata.empty()) items_[index].metadata = encode_metadata(options.metadata);
  if (!options.tags.empty()) items_[index].tags = encode_tags(options.tags);
  has_keys_ = has_keys_ || options.idempotency_key.has_value();
  has_conditions_ = has_conditions_ || options.condition.has_value();
  has_expectations_ = has_expectations_ || options.expected != expected_version::any();
}

QUIPU_DECL void placement::check_total() const { total_.check(options_, size() > 1 ? "a batch" : "a commit"); }

QUIPU_DECL bool placement::has_lane(const append_entry& entry) noexcept {
  return entry.options->position && (entry.options->position->depth != 0 || entry.options->position->lane != 0);
}

QUIPU_DECL std::size_t placement::event_size(std::size_t index) const noexcept {
  return frame_size(entries_[index].payload.size(), items_[index].extension_size, chained_);
}

QUIPU_DECL std::size_t placement::most_extension_bytes(std::size_t index) const noexcept {
  const append_entry& entry = entries_[index];
  if (has_no_options(entry) && replica_ == nullptr) return 0;
  std::size_t size =
      entry.options->bypass_reason.empty() ? 0 : extension_layout::head_size + entry.options->bypass_reason.size();
  const bool caused = entry.options->causation_id || entry.cause_item;
  if (entry.options->correlation_id || caused) size += id_extension_size;
  if (caused) size += id_extension_size;
  if (entry.options->idempotency_key) size += id_extension_size;
  if (has_lane(entry)) size += lane_extension_size;
  if (entry.options->timestamp_us) size += given_time_size;
  if (replica_ != nullptr) size += shared_place_size;
  if (!items_[index].metadata.empty()) size += extension_layout::head_size + items_[index].metadata.size();
  if (!items_[index].tags.empty()) size += extension_layout::head_size + items_[index].tags.size();
  return size;
}

QUIPU_DECL void placement::throw_mismatch(std::size_t index, std::uint64_t sequence) const {
  throw error{errc::idempotency_mismatch, "the idempotency key " + entries_[index].options->idempotency_key->str() +
                                              " was used for something else: event " + std::to_string(sequence)};
}

QUIPU_DECL std::string placement::expectation_of(const expected_version& expected) {
  if (const auto last = expected.last()) return "expected was that it ends with event " + std::to_string(*last);
  return expected.count() ? "expected was that it has none" : "expected was that it has one";
}

QUIPU_DECL void placement::throw_conflict(const append_entry& entry, std::uint64_t count) {
  std::string message = "the stream of \"" + std::string{entry.entity} + "\"";
  message.append(count == 0 ? " has no event" : " ends with event " + std::to_string(count - 1));
  message.append("; ").append(expectation_of(entry.options->expected));
  error::details about;
  about.expected = entry.options->expected.last();
  if (count != 0) about.actual = count - 1;
  const std::uint64_t first = entry.options->expected.count().value_or(0);
  throw conflict_error{message, std::move(about),
                       region::entity(entry.entity).with_entity_sequence_range(first, UINT64_MAX)};
}

QUIPU_DECL void placement::throw_conflict(const append_condition& broken, const event_view& by) {
  std::string message = "event " + std::to_string(by.sequence()) + " of \"" + std::string{by.entity()} + "\"";
  const auto since = broken.since();
  message.append(since ? " came after event " + std::to_string(*since) : " is in the log");
  error::details about;
  about.expected = since;
  about.actual = by.sequence();
  throw conflict_error{message + ": the append's condition excludes it", std::move(about), broken.unexpected()};
}

QUIPU_DECL void placement::check_batch(entity_table& entities, schema_ledger& schemas) {
  flat_map<event_id, std::size_t, event_id_hash> keys;
  flat_map<std::string_view, std::uint64_t, text_hash> counts;
  flat_map<std::uint32_t, const append_entry*, number_hash> shapes;
  const append_entry* checked = nullptr;  // the last one whose shape was
  for (std::size_t index = 0; index < size(); ++index) {
    const append_entry& entry = entries_[index];
    if (!items_[index].fresh) continue;
    if (has_keys_ && entry.options->idempotency_key) {
      const std::size_t first = keys.insert(*entry.options->idempotency_key, index);
      if (first != index) {
        check_same(entry, entries_[first]);
        items_[index].fresh = false;
        items_[index].same_as = first;
        continue;
      }
    }
    if (has_expectations_) {
      std::uint64_t& count = counts.insert(entry.entity, 0);
      check_expected(entry, entities, count++);
    }
    if (entry.version == 0 || (checked != nullptr && have_one_type(*checked, entry))) continue;
    checked = &entry;
    const append_entry& first = *shapes.insert(segment_index::schema_key(entry.kind, entry.version), &entry);
    if (&first == &entry)
      schemas.check(entry.kind, entry.version, entry.schema_hash, entry.schema);
    else if (first.schema_hash != entry.schema_hash)
      throw_schema_drift(entry.kind, entry.version, first.schema, entry.schema);
  }
}

QUIPU_DECL void placement::write_definition(frame_writer& to, event_kind kind, std::uint32_t coordinate,
                                            std::size_t extension_size) noexcept {
  const std::size_t payload_size = to.definition.size() - extension_size;
  const frame_content content{.kind = kind,
                              .flags = static_cast<std::uint16_t>(frame_flags::internal | frame_flags::more),
                              .coordinate = coordinate,
                              .sequence = to.next_sequence,
                              .payload = bytes_view{to.definition}.subview(0, payload_size),
                              .extensions = bytes_view{to.definition}.subview(payload_size)};
  write_frame(to.tail.add(frame_size(to.definition.size(), 0, false), nullptr), content, false);
}

QUIPU_DECL bytes_view placement::put_extensions(std::size_t index, extension_room& extensions) noexcept {
  const append_entry& entry = entries_[index];
  item& each = items_[index];
  std::optional<event_id> cause = entry.options->causation_id;
  if (entry.cause_item) {
    const item& earlier = items_[*entry.cause_item];
    cause = earlier.id;
    if (!entry.options->correlation_id)
      each.correlation = earlier.correlation.is_nil() ? earlier.id : earlier.correlation;
  }
  std::size_t used = 0;
  const auto put = [&](extension_type type, bytes_view content) {
    std::byte* const at = extensions.data() + used;
    extension_layout::type.store(at, static_cast<std::uint16_t>(type));
    extension_layout::length.store(at, static_cast<std::uint16_t>(content.size()));
    std::memcpy(at + extension_layout::head_size, content.data(), content.size());
    used += extension_layout::head_size + content.size();
  };
  if (!each.correlation.is_nil()) put(extension_type::correlation_id, bytes_view{each.correlation.raw()});
  if (cause) put(extension_type::causation_id, bytes_view{cause->raw()});
  if (entry.options->idempotency_key)
    put(extension_type::idempotency_key, bytes_view{entry.options->idempotency_key->raw()});
  if (has_lane(entry)) {
    std::array<std::byte, lane_layout::total_size> lane;
    lane_layout::depth.store(lane.data(), entry.options->position->depth);
    lane_layout::lane.store(lane.data(), entry.options->position->lane);
    put(extension_type::lane, bytes_view{lane.data(), lane.size()});
  }
  if (!entry.options->bypass_reason.empty())
    put(extension_type::bypass_reason, bytes_view{entry.options->bypass_reason});
  if (!each.metadata.empty()) put(extension_type::metadata, bytes_view{each.metadata});
  if (entry.options->timestamp_us) {
    std::array<std::byte, sizeof(std::int64_t)> given_time;
    store_little_endian(given_time.data(), *entry.options->timestamp_us);
    put(extension_type::given_time, bytes_view{given_time.data(), given_time.size()});
  }
  if (!each.tags.empty()) put(extension_type::tags, bytes_view{each.tags});
  if (replica_ != nullptr && index == last_fresh_) {
    std::array<std::byte, shared_place_layout::total_size> place;
    shared_place_layout::position.store(place.data(), replica_->place.position);
    shared_place_layout::index.store(place.data(), replica_->place.index);
    put(extension_type::shared_place, bytes_view{place.data(), place.size()});
  }
  return {extensions.data(), used};
}

QUIPU_DECL std::byte* placement::write_event(frame_writer& to, std::size_t index, receipt& given,
                                             const event_id& id) noexcept {
  const append_entry& entry = entries_[index];
  item& each = items_[index];
  each.id = id;
  extension_room room;
  const bytes_view extensions = each.extension_size == 0 ? bytes_view{} : put_extensions(index, room);
  entity_end& entity = *each.slot->entity;
  if (entity.next_sequence == 0) ++to.entity_count;
  const frame_content content{
      .kind = entry.kind,
      .flags = static_cast<std::uint16_t>((static_cast<std::uint16_t>(entry.options->flags) & frame_flags::user_mask) |
                                          frame_flags::more),
      .schema_version = entry.version,
      .coordinate = each.slot->number,
      .sequence = to.next_sequence++,
      .entity_sequence = entity.next_sequence,
      .id = id,
      .payload = entry.payload,
      .extensions = extensions};
  entity.record_last(content.entity_sequence, id);
  entity.placed_end = to.next_sequence;
  given = {id, content.sequence, content.entity_sequence, {}, false};
  std::byte* at = to.tail.add(frame_size(content.payload.size(), extensions.size(), chained_), each.slot);
  write_frame(at, content, chained_);
  return at;
}

}  // namespace quipu::detail::inline QUIPU_MODE
