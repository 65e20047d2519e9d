// SPDX-License-Identifier: BSL-1.0
//
// region.ipp: see coordinate/region.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/event_kind.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

QUIPU_DECL region region::with_scope(std::string_view name) const {
  region narrowed = *this;
  narrowed.never_ = never_ || (scope_ && *scope_ != name);
  narrowed.scope_.emplace(name);
  return narrowed;
}

QUIPU_DECL region region::with_category(unsigned category) const {
  region narrowed = *this;
  narrowed.never_ = never_ || (category_ && *category_ != category);
  narrowed.category_ = category;
  return narrowed;
}

QUIPU_DECL region region::with_kinds(const kind_list& kinds) const {
  region narrowed = *this;
  kind_list kept;  // sorted and unique
  for (const event_kind kind : kinds) {
    const auto place = place_of(kept, kind);
    if (!is_at(kept, place, kind) && (!kinds_ || is_at(*kinds_, place_of(*kinds_, kind), kind)))
      kept.insert(place, kind);
  }
  narrowed.kinds_ = std::move(kept);
  return narrowed;
}

QUIPU_DECL region region::with_entity_sequence_range(std::uint64_t first, std::uint64_t last) const {
  region narrowed = *this;
  narrowed.entity_sequences_ = entity_sequences_.intersected_with({first, last});
  return narrowed;
}

QUIPU_DECL region region::with_sequence_range(std::uint64_t first, std::uint64_t last) const {
  region narrowed = *this;
  narrowed.sequences_ = sequences_.intersected_with({first, last});
  return narrowed;
}

QUIPU_DECL bool region::matches(std::string_view entity, std::string_view scope, event_kind kind,
                                std::uint64_t entity_sequence) const noexcept {
  return matches_kind(kind) && matches_entity_sequence(entity_sequence) && matches_names(entity, scope);
}

QUIPU_DECL bool region::matches(std::string_view entity, std::string_view scope, event_kind kind,
                                std::uint64_t entity_sequence, std::uint64_t sequence) const noexcept {
  return matches_sequence(sequence) && matches(entity, scope, kind, entity_sequence);
}

QUIPU_DECL bool region::matches_names(std::string_view entity, std::string_view scope) const noexcept {
  if (never_ || (scope_ && *scope_ != scope)) return false;
  switch (entity_match_) {
    case match::any:
      return true;
    case match::exact:
      return entity == entity_;
    case match::prefix:
      return entity.starts_with(entity_);
  }
  return false;
}

QUIPU_DECL bool region::matches_kind(event_kind kind) const noexcept {
  if (category_ && kind.category() != *category_) return false;
  return !kinds_ || is_at(*kinds_, place_of(*kinds_, kind), kind);
}

QUIPU_DECL bool region::matches_entity_sequence(std::uint64_t entity_sequence) const noexcept {
  return entity_sequences_.contains(entity_sequence);
}

QUIPU_DECL bool region::selects_nothing() const noexcept {
  return never_ || entity_sequences_.is_empty() || sequences_.is_empty() || (kinds_ && kinds_->empty());
}

QUIPU_DECL region::kind_list::const_iterator region::place_of(const kind_list& sorted, event_kind kind) noexcept {
  return std::partition_point(sorted.begin(), sorted.end(), [kind](event_kind each) { return each < kind; });
}

}  // namespace quipu
