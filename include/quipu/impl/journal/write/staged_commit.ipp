// SPDX-License-Identifier: BSL-1.0
//
// staged_commit.ipp: see journal/write/staged_commit.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../core/detail/flat_map.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/metadata.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/segment_index.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/commit_size.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/schema_ledger.hpp"
#include "../../../journal/write/staged_commit.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::span<const append_entry> staged_commit::with_staged_metadata(std::span<const append_entry> entries) {
  given_.assign(entries.begin(), entries.end());
  given_options_.clear();
  for (append_entry& each : given_) {
    const append_options& options = *each.options;
    const std::size_t* const cause = options.causation_id ? ids_.find(*options.causation_id) : nullptr;
    if (cause == nullptr || !options.copy_metadata) continue;
    append_options& changed = given_options_.emplace_back(options);
    const metadata_map& of_cause = entries_[*cause].options->metadata;
    changed.metadata.insert(of_cause.begin(), of_cause.end());
    changed.copy_metadata = false;
    each.options = &changed;
  }
  return given_;
}

QUIPU_DECL append_options staged_commit::resolved_options(const placement& placing, std::size_t index,
                                                          append_entry& entry) const {
  append_options options = *entry.options;
  if (std::exchange(options.copy_metadata, false)) options.metadata = metadata_view{placing.metadata(index)}.copy();
  event_id conversation = placing.correlation(index);
  if (const auto cause = entry.cause_item) {
    // The cause is a staged entry, or an event of the log whose key it repeats, and which may be dropped.
    entry.cause_item = items_[*cause];
    if (entry.cause_item) return options;
    options.causation_id = answers_[answers_.size() - index + *cause].id;
    conversation = placing.correlation(*cause).is_nil() ? *options.causation_id : placing.correlation(*cause);
  } else if (options.causation_id) {
    if (const std::size_t* const staged = ids_.find(*options.causation_id)) {
      entry.cause_item = *staged;
      options.causation_id.reset();
      return options;
    }
  }
  if (options.causation_id && !options.correlation_id) options.correlation_id = conversation;
  return options;
}

QUIPU_DECL void staged_commit::check_room(const placement& more, const config& options) const {
  commit_size total = more.total();
  total.events += entries_.size();
  total.payload_bytes += payload_bytes_;
  total.frame_bytes += frame_bytes_;
  total.check(options, "a visibility fence");
}

QUIPU_DECL void staged_commit::keep(append_entry& entry, append_options options) {
  const std::size_t size = entry.entity.size() + entry.scope.size() + entry.payload.size();
  kept_.push_back(std::make_unique<kept_entry>(kept_entry{bytes(size), std::move(options)}));
  kept_entry& kept = *kept_.back();
  std::byte* at = kept.content.data();
  const auto copy = [&at](const void* from, std::size_t count) {
    if (count != 0) std::memcpy(at, from, count);
    return std::exchange(at, at + count);
  };
  const auto copy_text = [&copy](std::string_view text) {
    return std::string_view{reinterpret_cast<const char*>(copy(text.data(), text.size())), text.size()};
  };
  entry.entity = copy_text(entry.entity);
  entry.scope = copy_text(entry.scope);
  entry.payload = bytes_view{copy(entry.payload.data(), entry.payload.size()), entry.payload.size()};
  entry.options = &kept.options;
}

QUIPU_DECL void staged_commit::check_shape(const append_entry& wanted, schema_ledger& schemas) const {
  if (wanted.version == 0) return;
  const std::size_t* first = shapes_.find(segment_index::schema_key(wanted.kind, wanted.version));
  if (first == nullptr)
    schemas.check(wanted.kind, wanted.version, wanted.schema_hash, wanted.schema);
  else if (entries_[*first].schema_hash != wanted.schema_hash)
    throw_schema_drift(wanted.kind, wanted.version, entries_[*first].schema, wanted.schema);
}

QUIPU_DECL void staged_commit::index_entry(std::size_t number) {
  const append_entry& entry = entries_[number];
  ++counts_.insert(entry.entity, 0);
  if (entry.options->idempotency_key) keys_.insert(*entry.options->idempotency_key, number);
  if (entry.version != 0) shapes_.insert(segment_index::schema_key(entry.kind, entry.version), number);
}

QUIPU_DECL void staged_commit::take_back(std::size_t count) noexcept {
  if (staged_.size() > count) staged_.resize(count);
  if (entries_.size() > count) entries_.resize(count);
  ids_.clear();
  counts_.clear();
  keys_.clear();
  shapes_.clear();
  payload_bytes_ = 0;
  for (std::size_t number = 0; number < count; ++number) {
    ids_.insert(staged_[number].id, number);
    index_entry(number);
    payload_bytes_ += entries_[number].payload.size();
  }
  while (kept_.size() > count) kept_.pop_back();
}

}  // namespace quipu::detail::inline QUIPU_MODE
