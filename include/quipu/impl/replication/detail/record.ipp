// SPDX-License-Identifier: BSL-1.0
//
// record.ipp: see replication/detail/record.hpp.
#pragma once

#include "../../../replication/detail/record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] QUIPU_DECL wire_region to_wire(const region& from) {
  wire_region to{.match = static_cast<std::uint8_t>(from.entity_match()),
                 .entity = from.entity_text(),
                 .scope = from.scope_name(),
                 .tags = from.tags(),
                 .first_entity_sequence = from.first_entity_sequence(),
                 .last_entity_sequence = from.last_entity_sequence()};
  if (from.category()) to.category = *from.category();
  if (from.kinds()) {
    to.kinds.emplace();
    for (const event_kind kind : *from.kinds()) to.kinds->push_back(kind.raw());
  }
  return to;
}

[[nodiscard]] QUIPU_DECL region from_wire(const wire_region& from) {
  region to = region::all();
  if (from.match == static_cast<std::uint8_t>(region::match::exact)) to = region::entity(from.entity);
  if (from.match == static_cast<std::uint8_t>(region::match::prefix)) to = region::entity_prefix(from.entity);
  if (from.scope) to = to.with_scope(*from.scope);
  for (const auto& tag : from.tags) to = to.with_tag(tag);
  if (from.category) to = to.with_category(*from.category);
  if (from.kinds) {
    region::kind_list kinds;
    for (const std::uint16_t raw : *from.kinds) kinds.push_back(event_kind::from_raw(raw));
    to = to.with_kinds(kinds);
  }
  return to.with_entity_sequence_range(from.first_entity_sequence, from.last_entity_sequence);
}

/// The sequence from which on a condition excludes what all these regions select. A record has no other range of
/// sequences: throws `errc::invalid_argument` where a region has.
[[nodiscard]] QUIPU_DECL std::uint64_t first_of_all(std::span<const region> regions, std::uint64_t first_unexpected) {
  const std::uint64_t first = std::max(first_unexpected, regions.front().first_sequence());
  for (const region& each : regions) {
    if (each.last_sequence() != UINT64_MAX)
      throw error{errc::invalid_argument,
                  "a replicated store can't keep a condition on a region that ends at a sequence",
                  {.actual = each.last_sequence()}};
    if (std::max(first_unexpected, each.first_sequence()) != first)
      throw error{errc::invalid_argument,
                  "a replicated store can't keep a condition on regions that begin at different sequences",
                  {.expected = first, .actual = each.first_sequence()}};
  }
  return first;
}

/// Nothing for a condition that excludes no event.
[[nodiscard]] QUIPU_DECL std::optional<wire_condition> to_wire(const append_condition& from) {
  const region& unexpected = from.unexpected();
  if (unexpected.selects_nothing()) return std::nullopt;
  const std::span<const region> several = unexpected.alternatives();
  const std::span<const region> regions = several.empty() ? std::span{&unexpected, 1} : several;
  wire_condition to{.first = first_of_all(regions, from.first_unexpected())};
  for (const region& each : regions) to.regions.push_back(to_wire(each));
  return to;
}

[[nodiscard]] QUIPU_DECL append_condition from_wire(const wire_condition& from) {
  std::vector<region> regions;
  for (const wire_region& each : from.regions) regions.push_back(from_wire(each));
  const region whole = regions.size() == 1 ? regions.front() : region::any_of(regions);
  return from.first == 0 ? none_ever(whole) : none_since(whole, from.first - 1);
}

[[nodiscard]] QUIPU_DECL wire_entry to_wire(const append_entry& from) {
  const append_options& given = *from.options;
  wire_entry to{.entity = std::string{from.entity},
                .scope = std::string{from.scope},
                .kind = from.kind.raw(),
                .version = from.version,
                .payload = {from.payload.begin(), from.payload.end()},
                .schema = std::string{from.schema},
                .schema_hash = from.schema_hash,
                .type_name = std::string{from.type_name},
                .idempotency_key = given.idempotency_key,
                .correlation_id = given.correlation_id,
                .causation_id = given.causation_id,
                .flags = static_cast<std::uint8_t>(given.flags),
                .bypass_reason = given.bypass_reason,
                .metadata = {given.metadata.begin(), given.metadata.end()},
                .copy_metadata = given.copy_metadata,
                .timestamp_us = given.timestamp_us,
                .tags = given.tags};
  if (from.cause_item) to.cause_item = *from.cause_item;
  if (const auto last = given.expected.last()) {
    to.expected = 3;
    to.expected_last = *last;
  } else if (given.expected != expected_version::any()) {
    to.expected = given.expected == expected_version::no_stream() ? 1 : 2;
  }
  if (given.condition) to.condition = to_wire(*given.condition);
  if (given.position) to.lane = {given.position->depth, given.position->lane};
  return to;
}

[[nodiscard]] QUIPU_DECL expected_version expected_of(const wire_entry& from) noexcept {
  switch (from.expected) {
    case 1:
      return expected_version::no_stream();
    case 2:
      return expected_version::stream_exists();
    case 3:
      return expected_version::exactly(from.expected_last);
    default:
      return expected_version::any();
  }
}

[[nodiscard]] QUIPU_DECL append_options options_of(const wire_entry& from) {
  append_options to{.expected = expected_of(from),
                    .idempotency_key = from.idempotency_key,
                    .correlation_id = from.correlation_id,
                    .causation_id = from.causation_id,
                    .flags = static_cast<event_flags>(from.flags),
                    .durability = durability::buffered,
                    .bypass_reason = from.bypass_reason,
                    .metadata = {from.metadata.begin(), from.metadata.end()},
                    .copy_metadata = from.copy_metadata,
                    .timestamp_us = from.timestamp_us,
                    .tags = from.tags};
  if (from.condition) to.condition = from_wire(*from.condition);
  if (from.lane) to.position = dag_position{.depth = (*from.lane)[0], .lane = (*from.lane)[1]};
  return to;
}

[[nodiscard]] QUIPU_DECL append_entry entry_of(const wire_entry& from, const append_options& options) noexcept {
  append_entry to{.entity = from.entity,
                  .scope = from.scope,
                  .kind = event_kind::from_raw(from.kind),
                  .version = from.version,
                  .payload = bytes_view{from.payload},
                  .schema = from.schema,
                  .schema_hash = from.schema_hash,
                  .type_name = from.type_name,
                  .type_hash = from.version == 0 ? 0 : type_hash_of(from.schema_hash, from.type_name),
                  .options = &options};
  if (from.cause_item) to.cause_item = static_cast<std::size_t>(*from.cause_item);
  return to;
}

QUIPU_DECL bytes encode_proposal(std::span<const append_entry> entries, std::int64_t time_us) {
  wire_proposal made{.time_us = time_us};
  made.entries.reserve(entries.size());
  for (const append_entry& each : entries) made.entries.push_back(to_wire(each));
  return encode(made);
}

QUIPU_DECL bytes encode_record(const record& from) {
  bytes made;
  byte_writer writer{made};
  writer.put(std::uint64_t{});
  encode_to(writer, from);
  const auto* const begin = reinterpret_cast<const char*>(made.data());
  store_little_endian(made.data(), xxhash64({begin + sizeof(std::uint64_t), made.size() - sizeof(std::uint64_t)}));
  return made;
}

QUIPU_DECL std::optional<record> decode_record(bytes_view from) {
  byte_reader reader{from};
  std::uint64_t sum{};
  std::uint16_t format{};
  if (!reader.get(sum) || !byte_reader{reader}.get(format)) return std::nullopt;
  const bytes_view rest = from.subview(sizeof sum);
  if (xxhash64({reinterpret_cast<const char*>(rest.data()), rest.size()}) != sum) return std::nullopt;
  if (format > record::known_format)
    throw error{errc::unsupported_format,
                "a record of the shared log was written by a newer version",
                {.expected = record::known_format, .actual = format}};
  record made;
  if (!decode_into(rest, made)) return std::nullopt;
  return made;
}

QUIPU_DECL wire_digest to_wire(const digest& from) noexcept {
  wire_digest to;
  std::memcpy(to.data(), from.bytes().data(), to.size());
  return to;
}

QUIPU_DECL digest from_wire(const wire_digest& from) noexcept {
  std::array<std::byte, digest::size> raw;
  std::memcpy(raw.data(), from.data(), raw.size());
  return digest{raw};
}

QUIPU_DECL decoded_proposal::decoded_proposal(bytes_view from) : wire_{decode<wire_proposal>(from)} {
  options_.reserve(wire_.entries.size());
  entries_.reserve(wire_.entries.size());
  for (const wire_entry& each : wire_.entries) {
    const bool has_later_cause = each.cause_item && *each.cause_item >= entries_.size();
    if (has_later_cause) throw error{errc::decode_failed, "a proposal's cause is not an earlier entry"};
    options_.push_back(options_of(each));
    entries_.push_back(entry_of(each, options_.back()));
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
