// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.ipp: see journal/write/schema_ledger.hpp.
#pragma once

#include "../../../codec/fingerprint.hpp"
#include "../../../core/error.hpp"
#include "../../../event/event_name.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/schema_ledger.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void schema_slot::add_name(const append_entry& entry) {
  const std::string_view name = entry.type_name;
  if (name.empty() || names.size() >= schema_definition::most_type_names) return;
  if (std::any_of(names.begin(), names.end(), [name](const type_name_slot& each) { return each.text == name; })) return;
  if (!is_event_name(name))
    throw error{errc::invalid_argument,
                "the name of an event type is not 1 to 255 bytes of UTF-8 without control characters"};
  names.push_back({std::string{name}, 0});
}

QUIPU_DECL std::optional<std::string_view> schema_slot::define_in(std::uint64_t in,
                                                                  const append_entry& entry) noexcept {
  if (was_last(in, entry)) return std::nullopt;
  last_type = entry.type_hash == 0 ? unknown_type : entry.type_hash;
  bool is_defined = std::exchange(segment, in) == in;
  std::string_view name;
  for (type_name_slot& each : names) {
    if (each.text != entry.type_name) continue;
    name = each.text;
    is_defined = std::exchange(each.segment, in) == in && is_defined;
  }
  return is_defined ? std::nullopt : std::optional{name};
}

QUIPU_DECL schema_ledger::schema_slot& schema_ledger::require(const append_entry& entry) {
  schema_slot& known = slot(entry.kind, entry.version);
  if (known.last_type == entry.type_hash) return known;
  const bool is_other = known.hash != entry.schema_hash;
  if (is_other && known.hash != 0 && !reads_schema(entry.schema, known.text))
    throw_schema_drift(entry.kind, entry.version, known.text, entry.schema);
  known.add_name(entry);
  if (is_other) {
    ++changes_;
    // A new schema, or a raised class version: the log gets the newer text.
    known.text = entry.schema;
    known.hash = entry.schema_hash;
    known.segment = 0;
  }
  return known;
}

QUIPU_DECL schema_slot* schema_ledger::find(event_kind kind, std::uint16_t version) noexcept {
  const std::uint32_t key = segment_index::schema_key(kind, version);
  recent_schema& recent = recent_[kind.raw() % recent_.size()];
  if (recent.slot != nullptr && recent.key == key) return recent.slot;
  schema_slot** const found = by_key_.find(key);
  if (found == nullptr) return nullptr;
  recent = {key, *found};
  return *found;
}

QUIPU_DECL void schema_ledger::learn(const segment_index& index, std::uint64_t stamp) {
  for (const auto& each : index.schemas()) {
    schema_slot made{each.value.fingerprint, each.value.text, stamp};
    for (const std::string& name : each.value.names) made.names.push_back({name, stamp});
    if (schema_slot** found = by_key_.find(each.key))
      **found = std::move(made);
    else
      keep(each.key, std::move(made));
  }
}

QUIPU_DECL void schema_ledger::check(event_kind kind, std::uint16_t version, std::uint64_t hash,
                                     std::string_view text) {
  const schema_slot& known = slot(kind, version);
  if (known.hash != 0 && known.hash != hash && !reads_schema(text, known.text))
    throw_schema_drift(kind, version, known.text, text);
}

QUIPU_DECL std::vector<shared_kind> schema_ledger::shared_kinds() const {
  std::vector<shared_kind> found;
  for (const auto& each : by_key_) {
    if (each.value->names.size() < 2) continue;
    shared_kind& made = found.emplace_back(
        shared_kind{segment_index::kind_of_key(each.key), segment_index::version_of_key(each.key), {}});
    for (const type_name_slot& name : each.value->names) made.names.push_back(name.text);
  }
  std::sort(found.begin(), found.end(), [](const shared_kind& left, const shared_kind& right) {
    return std::pair{left.kind, left.version} < std::pair{right.kind, right.version};
  });
  return found;
}

QUIPU_DECL schema_ledger::schema_slot& schema_ledger::keep(std::uint32_t key, schema_slot made) {
  schema_slot& kept = slots_.add();
  kept = std::move(made);
  return *by_key_.insert(key, &kept);
}

QUIPU_DECL schema_ledger::schema_slot& schema_ledger::slot(event_kind kind, std::uint16_t version) {
  if (schema_slot* const known = find(kind, version)) return *known;
  schema_slot made;
  for (std::size_t position = segments_ ? segments_->size() : 0; position-- != 0;) {
    const segment& in = *(*segments_)[position];
    made.hash = in.schema_fingerprint(kind, version);
    if (made.hash == 0) continue;
    made.text = in.schema_text(kind, version);
    made.segment = in.first_sequence() + 1;
    for (std::string& name : in.type_names(kind, version)) made.names.push_back({std::move(name), made.segment});
    break;
  }
  return keep(segment_index::schema_key(kind, version), std::move(made));
}

}  // namespace quipu::detail::inline QUIPU_MODE
