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
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

QUIPU_DECL region region::any_of(const std::vector<region>& alternatives) {
  region joined;
  const auto take = [&kept = joined.alternatives_](const region& each) {
    if (!each.selects_nothing() && std::find(kept.begin(), kept.end(), each) == kept.end()) kept.push_back(each);
  };
  for (const region& each : alternatives)
    if (each.alternatives_.empty())
      take(each);
    else
      for (const region& inner : each.alternatives_) take(inner);
  if (joined.alternatives_.size() == 1) return region{joined.alternatives_.front()};
  joined.never_ = joined.alternatives_.empty();
  joined.sequences_ = {std::numeric_limits<std::uint64_t>::max(), 0};
  for (const region& each : joined.alternatives_)
    joined.sequences_ = {std::min(joined.sequences_.first, each.sequences_.first),
                         std::max(joined.sequences_.last, each.sequences_.last)};
  return joined;
}

template <class Narrow>
region region::narrowed(const Narrow& narrow) const {
  if (alternatives_.empty()) {
    region one = *this;
    narrow(one);
    return one;
  }
  std::vector<region> each = alternatives_;
  for (region& one : each) narrow(one);
  return any_of(each);
}

QUIPU_DECL region region::with_scope(std::string_view name) const {
  return narrowed([name](region& each) {
    each.never_ = each.never_ || (each.scope_ && *each.scope_ != name);
    each.scope_.emplace(name);
  });
}

QUIPU_DECL region region::with_tag(std::string_view text) const {
  return narrowed([text](region& each) {
    const auto place = std::lower_bound(each.tags_.begin(), each.tags_.end(), text);
    if (place == each.tags_.end() || *place != text) each.tags_.emplace(place, text);
  });
}

QUIPU_DECL region region::with_category(unsigned category) const {
  return narrowed([category](region& each) {
    each.never_ = each.never_ || (each.category_ && *each.category_ != category);
    each.category_ = category;
  });
}

QUIPU_DECL region region::with_kinds(const kind_list& kinds) const {
  return narrowed([&kinds](region& each) {
    kind_list kept;  // sorted and unique
    for (const event_kind kind : kinds) {
      const auto place = place_of(kept, kind);
      if (!is_at(kept, place, kind) && (!each.kinds_ || is_at(*each.kinds_, place_of(*each.kinds_, kind), kind)))
        kept.insert(place, kind);
    }
    each.kinds_ = std::move(kept);
  });
}

QUIPU_DECL region region::with_entity_sequence_range(std::uint64_t first, std::uint64_t last) const {
  return narrowed([first, last](region& each) {
    each.entity_sequences_ = each.entity_sequences_.intersected_with({first, last});
  });
}

QUIPU_DECL region region::with_sequence_range(std::uint64_t first, std::uint64_t last) const {
  return narrowed([first, last](region& each) { each.sequences_ = each.sequences_.intersected_with({first, last}); });
}

template <class Holds>
bool region::holds(const Holds& condition) const noexcept {
  if (alternatives_.empty()) return condition(*this);
  return std::any_of(alternatives_.begin(), alternatives_.end(), condition);
}

QUIPU_DECL bool region::matches(std::string_view entity, std::string_view scope, event_kind kind,
                                std::uint64_t entity_sequence) const noexcept {
  return holds([&](const region& each) {
    return each.tags_.empty() && each.matches_kind(kind) && each.matches_entity_sequence(entity_sequence) &&
           each.matches_names(entity, scope);
  });
}

QUIPU_DECL bool region::matches(std::string_view entity, std::string_view scope, event_kind kind,
                                std::uint64_t entity_sequence, std::uint64_t sequence,
                                std::span<const std::string_view> tags) const noexcept {
  return holds([&](const region& each) {
    return each.matches_sequence(sequence) && each.matches_kind(kind) &&
           each.matches_entity_sequence(entity_sequence) && each.matches_names(entity, scope) &&
           each.matches_tags(tags);
  });
}

QUIPU_DECL bool region::matches_names(std::string_view entity, std::string_view scope) const noexcept {
  return holds([&](const region& each) {
    if (each.never_ || (each.scope_ && *each.scope_ != scope)) return false;
    switch (each.entity_match_) {
      case match::any:
        return true;
      case match::exact:
        return entity == each.entity_;
      case match::prefix:
        return entity.starts_with(each.entity_);
    }
    return false;
  });
}

QUIPU_DECL bool region::matches_kind(event_kind kind) const noexcept {
  return holds([kind](const region& each) {
    if (each.category_ && kind.category() != *each.category_) return false;
    return !each.kinds_ || is_at(*each.kinds_, place_of(*each.kinds_, kind), kind);
  });
}

QUIPU_DECL bool region::matches_entity_sequence(std::uint64_t entity_sequence) const noexcept {
  return holds([&](const region& each) { return each.entity_sequences_.contains(entity_sequence); });
}

QUIPU_DECL bool region::matches_sequence(std::uint64_t sequence) const noexcept {
  return holds([&](const region& each) { return each.sequences_.contains(sequence); });
}

QUIPU_DECL bool region::matches_tags(std::span<const std::string_view> tags) const noexcept {
  return holds([&](const region& each) {
    return std::all_of(each.tags_.begin(), each.tags_.end(),
                       [&](const auto& wanted) { return std::find(tags.begin(), tags.end(), wanted) != tags.end(); });
  });
}

QUIPU_DECL bool region::selects_nothing() const noexcept {
  return never_ || entity_sequences_.is_empty() || sequences_.is_empty() || (kinds_ && kinds_->empty());
}

QUIPU_DECL region::kind_list::const_iterator region::place_of(const kind_list& sorted, event_kind kind) noexcept {
  return std::partition_point(sorted.begin(), sorted.end(), [kind](event_kind each) { return each < kind; });
}

}  // namespace quipu
