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
  payloads_.insert(payloads_.end(), payload.begin(), payload.end());
  return keep(where, detail::raw_event(kind), at, options, std::nullopt);
}

QUIPU_DECL void batch::clear() noexcept {
  items_.clear();
  options_.clear();
  payloads_.clear();
}

QUIPU_DECL std::vector<batch::append_entry> batch::entries() const {
  std::vector<append_entry> all;
  all.reserve(items_.size());
  for (const item& each : items_) {
    append_entry entry = each.event.entry(bytes_view{payloads_.data() + each.payload_at, each.payload_size});
    entry.entity = each.where.entity();
    entry.scope = each.where.scope();
    if (each.options) entry.options = &options_[*each.options];
    entry.cause_item = each.cause;
    all.push_back(entry);
  }
  return all;
}

QUIPU_DECL void batch::check_cause(batch_item cause) const {
  if (cause.index >= items_.size())
    throw error{errc::invalid_argument,
                "the cause isn't an item of this batch",
                {.expected = items_.size(), .actual = cause.index}};
}

QUIPU_DECL std::size_t batch::begin_payload() {
  const std::size_t at = items_.empty() ? 0 : items_.back().payload_at + items_.back().payload_size;
  payloads_.resize(at);
  return at;
}

QUIPU_DECL batch_item batch::keep(const coordinate& where, const detail::encoded_event& event, std::size_t at,
                                  const append_options& options, std::optional<std::size_t> cause) {
  if (options.causation_id && cause)
    throw error{errc::invalid_argument, "an event of a batch has two causes: an item and causation_id"};
  item made{where, event, at, payloads_.size() - at, std::nullopt, cause};
  if (&options != &detail::no_options) {
    made.options = options_.size();
    options_.push_back(options);
  }
  items_.push_back(std::move(made));
  return {items_.size() - 1};
}

}  // namespace quipu::inline QUIPU_MODE
