// SPDX-License-Identifier: BSL-1.0
//
// region.hpp: the one predicate over events, for queries, cursors, subscriptions, append conditions and projections of
// several entities. A region is a value: refining it makes a copy that selects less.
#pragma once

#include "../core/event_kind.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

/// Which events are meant: by entity (exactly or by prefix), scope, kinds, category and per-entity sequence.
class region {
  using name_type = std::string;

 public:
  using kind_list = std::vector<event_kind>;

  /// How the entity of an event is compared.
  enum class match : std::uint8_t { any, exact, prefix };

  /// Every event.
  [[nodiscard]] static region all() { return {}; }
  /// The events of exactly this entity. (`entity("a")` doesn't select `"ab"`.)
  [[nodiscard]] static region entity(std::string_view name) { return {match::exact, name}; }
  /// The events of each entity whose name starts with `prefix`; an empty prefix selects all.
  [[nodiscard]] static region entity_prefix(std::string_view prefix) { return {match::prefix, prefix}; }
  /// The events in exactly this scope.
  [[nodiscard]] static region scope(std::string_view name) { return region{}.with_scope(name); }

  [[nodiscard]] region with_scope(std::string_view name) const {
    region narrowed = *this;
    narrowed.never_ = never_ || (scope_ && *scope_ != name);
    narrowed.scope_.emplace(name);
    return narrowed;
  }
  [[nodiscard]] region with_kind(event_kind kind) const { return with_kinds({kind}); }
  [[nodiscard]] region with_category(unsigned category) const {
    region narrowed = *this;
    narrowed.never_ = never_ || (category_ && *category_ != category);
    narrowed.category_ = category;
    return narrowed;
  }
  /// Only the kinds of these event types.
  template <class... Events>
  [[nodiscard]] region with_events() const {
    static_assert((event_type<Events> && ...), "with_events<E...>(): each E needs a kind (static constexpr auto kind)");
    return with_kinds({kind_of<Events>...});
  }
  /// Only one of these kinds; a second refinement keeps the kinds that both name.
  [[nodiscard]] region with_kinds(const kind_list& kinds) const {
    region narrowed = *this;
    kind_list kept;  // sorted, each once; few, so that inserting is quicker than sorting, to compile as well
    for (const event_kind kind : kinds) {
      const auto place = place_of(kept, kind);
      if (!is_at(kept, place, kind) && (!kinds_ || is_at(*kinds_, place_of(*kinds_, kind), kind))) kept.insert(place, kind);
    }
    narrowed.kinds_ = std::move(kept);
    return narrowed;
  }
  /// Only events whose entity sequence lies in `[first, last]`, both included.
  [[nodiscard]] region with_entity_sequence_range(std::uint64_t first, std::uint64_t last) const {
    region narrowed = *this;
    narrowed.first_ = std::max(first_, first);
    narrowed.last_ = std::min(last_, last);
    return narrowed;
  }

  /// Whether an event with these properties is selected. `sequence` is the event's number within its entity.
  [[nodiscard]] bool matches(std::string_view entity, std::string_view scope, event_kind kind, std::uint64_t sequence) const noexcept {
    return matches_kind(kind) && matches_sequence(sequence) && matches_names(entity, scope);
  }

  [[nodiscard]] bool matches_names(std::string_view entity, std::string_view scope) const noexcept {
    if (never_ || (scope_ && *scope_ != scope)) return false;
    switch (entity_match_) {
      case match::any: return true;
      case match::exact: return entity == entity_;
      case match::prefix: return entity.starts_with(entity_);
    }
    return false;
  }
  [[nodiscard]] bool matches_kind(event_kind kind) const noexcept {
    if (category_ && kind.category() != *category_) return false;
    return !kinds_ || is_at(*kinds_, place_of(*kinds_, kind), kind);
  }
  [[nodiscard]] bool matches_sequence(std::uint64_t sequence) const noexcept { return sequence >= first_ && sequence <= last_; }

  [[nodiscard]] match entity_match() const noexcept { return entity_match_; }
  /// The entity's name or prefix; empty when any entity is selected.
  [[nodiscard]] const name_type& entity_text() const noexcept { return entity_; }
  [[nodiscard]] const std::optional<name_type>& scope_name() const noexcept { return scope_; }
  [[nodiscard]] const std::optional<kind_list>& kinds() const noexcept { return kinds_; }
  [[nodiscard]] std::optional<unsigned> category() const noexcept { return category_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_; }
  [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_; }
  /// True when the refinements contradict each other, so that nothing can be selected.
  [[nodiscard]] bool selects_nothing() const noexcept { return never_ || first_ > last_ || (kinds_ && kinds_->empty()); }

  friend bool operator==(const region&, const region&) = default;

 private:
  /// Where a kind is in a sorted list, or belongs.
  [[nodiscard]] static kind_list::const_iterator place_of(const kind_list& sorted, event_kind kind) noexcept {
    return std::partition_point(sorted.begin(), sorted.end(), [kind](event_kind each) { return each < kind; });
  }
  template <class Place>
  [[nodiscard]] static bool is_at(const kind_list& sorted, Place place, event_kind kind) noexcept {
    return place != sorted.end() && *place == kind;
  }

  region() = default;
  region(match how, std::string_view text) : entity_match_{how}, entity_{text} {}

  match entity_match_{match::any};
  bool never_{};
  name_type entity_;
  std::optional<name_type> scope_;
  std::optional<kind_list> kinds_;
  std::optional<unsigned> category_;
  std::uint64_t first_{0};
  std::uint64_t last_{std::numeric_limits<std::uint64_t>::max()};
};

}  // namespace quipu
