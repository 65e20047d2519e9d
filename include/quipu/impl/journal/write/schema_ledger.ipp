// SPDX-License-Identifier: BSL-1.0
//
// schema_ledger.ipp: see journal/write/schema_ledger.hpp.
#pragma once

#include "../../../codec/fingerprint.hpp"
#include "../../../core/error.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/schema_ledger.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL schema_ledger::schema_slot& schema_ledger::require(event_kind kind, std::uint16_t version,
                                                              std::uint64_t hash, std::string_view text) {
  schema_slot& known = slot(kind, version);
  if (known.hash != hash) {
    if (known.hash != 0 && !reads_schema(text, known.text)) throw_schema_drift(kind, version, known.text, text);
    ++changes_;
    known = {hash, std::string{text}, 0};  // a new schema, or a raised class version: the log gets the newer text
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
    if (schema_slot** found = by_key_.find(each.key))
      **found = {each.value.fingerprint, each.value.text, stamp};
    else
      keep(each.key, {each.value.fingerprint, each.value.text, stamp});
  }
}

QUIPU_DECL void schema_ledger::check(event_kind kind, std::uint16_t version, std::uint64_t hash,
                                     std::string_view text) {
  const schema_slot& known = slot(kind, version);
  if (known.hash != 0 && known.hash != hash && !reads_schema(text, known.text))
    throw_schema_drift(kind, version, known.text, text);
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
    break;
  }
  return keep(segment_index::schema_key(kind, version), std::move(made));
}

}  // namespace quipu::detail::inline QUIPU_MODE
