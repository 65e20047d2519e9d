// SPDX-License-Identifier: BSL-1.0
//
// batch.ipp: see store/batch.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/bytes.hpp"
#include "../../journal/config.hpp"
#include "../../journal/reports.hpp"
#include "../../journal/write/append_entry.hpp"
#include "../../store/batch.hpp"
#include "../../store/detail/encoded_event.hpp"
#include "../../store/detail/write_through.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL batch_item batch::add_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                     const append_options& options) {
  detail::check_kind(kind);
  const std::size_t at = begin_payload();
  content_.insert(content_.end(), payload.begin(), payload.end());
  return keep(where, detail::raw_event(kind), at, options, std::nullopt);
}

QUIPU_DECL void batch::clear() noexcept {
  items_.clear();
  options_.clear();
  content_.clear();
}

QUIPU_DECL std::vector<batch::append_entry> batch::entries() const {
  std::vector<append_entry> all(items_.size());
  for (std::size_t index = 0; index < items_.size(); ++index) {
    const item& each = items_[index];
    const std::byte* const names = content_.data() + each.at + each.payload_size;
    append_entry& entry = all[index];
    entry = each.event.entry(bytes_view{content_.data() + each.at, each.payload_size});
    entry.entity = {reinterpret_cast<const char*>(names), each.entity_size};
    entry.scope = {reinterpret_cast<const char*>(names) + each.entity_size, each.scope_size};
    if (each.options) entry.options = &options_[*each.options];
    entry.cause_item = each.cause;
  }
  return all;
}

QUIPU_DECL void batch::check_cause(batch_item cause) const {
  if (cause.index >= items_.size())
    throw error{errc::invalid_argument,
                "the cause isn't an item of this batch",
                {.expected = items_.size(), .actual = cause.index}};
}

QUIPU_DECL batch_item batch::add_event(const coordinate& where, detail::event_to_append event,
                                       const append_options& options, std::optional<std::size_t> cause) {
  const std::size_t at = begin_payload();
  detail::encode_event(event, content_);
  const detail::event_operations& type = *event.type;
  if (type.add_tags == nullptr) return keep(where, type.described, at, options, cause);
  return keep(where, type.described, at, detail::with_own_tags(event, options), cause);
}

QUIPU_DECL std::size_t batch::begin_payload() {
  if (items_.empty()) {
    content_.clear();
    return 0;
  }
  const item& last = items_.back();
  const std::size_t at = last.at + last.payload_size + last.entity_size + last.scope_size;
  content_.resize(at);
  return at;
}

QUIPU_DECL batch_item batch::keep(const coordinate& where, const detail::encoded_event& event, std::size_t at,
                                  const append_options& options, std::optional<std::size_t> cause) {
  if (options.causation_id && cause)
    throw error{errc::invalid_argument, "an event of a batch has two causes: an item and causation_id"};
  const bytes_view entity{where.entity()};
  const bytes_view scope{where.scope()};
  const std::size_t payload_size = content_.size() - at;
  content_.insert(content_.end(), entity.begin(), entity.end());
  content_.insert(content_.end(), scope.begin(), scope.end());
  const bool has_options = &options != &detail::no_options;
  if (has_options) options_.push_back(options);
  item& made = items_.emplace_back();
  made.event = event;
  made.at = at;
  made.payload_size = payload_size;
  made.entity_size = entity.size();
  made.scope_size = scope.size();
  if (has_options) made.options = options_.size() - 1;
  made.cause = cause;
  return {items_.size() - 1};
}

}  // namespace quipu::inline QUIPU_MODE
