// SPDX-License-Identifier: BSL-1.0
//
// region.hpp: the predicate on events for queries, cursors, subscriptions, append conditions and projections of several
// entities. A region is a value; a refinement returns a copy that selects fewer events.
#pragma once

#include "../core/event_kind.hpp"

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

/// Selects events by entity (exact or prefix), scope, tags, kinds, category, entity sequence and sequence. Refinements
/// are combined with "and", the regions given to `any_of` with "or".
class region {
  using name_type = std::string;

 public:
  using kind_list = std::vector<event_kind>;
  using tag_list = std::vector<name_type>;

  /// How the entity of an event is compared.
  enum class match : std::uint8_t { any, exact, prefix };

  /// Every event.
  [[nodiscard]] static region all() { return {}; }
  /// The events of exactly this entity: `entity("a")` does not select `"ab"`.
  [[nodiscard]] static region entity(std::string_view name) { return {match::exact, name}; }
  /// The events of each entity whose name starts with `prefix`; an empty prefix selects all events.
  [[nodiscard]] static region entity_prefix(std::string_view prefix) { return {match::prefix, prefix}; }
  /// The events in exactly this scope.
  [[nodiscard]] static region scope(std::string_view name) { return region{}.with_scope(name); }
  /// The events that have this tag.
  [[nodiscard]] static region tag(std::string_view text) { return region{}.with_tag(text); }
  /// The events that at least one of these regions selects, each once. A refinement of the result refines each of them.
  /// An empty list selects no event.
  [[nodiscard]] static region any_of(const std::vector<region>& alternatives);

  [[nodiscard]] region with_scope(std::string_view name) const;
  /// Only events that have this tag, too: a second refinement keeps those that have both.
  [[nodiscard]] region with_tag(std::string_view text) const;
  [[nodiscard]] region with_kind(event_kind kind) const { return with_kinds({kind}); }
  [[nodiscard]] region with_category(unsigned category) const;
  /// Only the kinds of these event types.
  template <class... Events>
  [[nodiscard]] region with_events() const {
    static_assert((event_type<Events> && ...), "with_events<E...>(): each E needs a kind (static constexpr auto kind)");
    return with_kinds({kind_of<Events>...});
  }
  /// Only events of these kinds; a second refinement keeps the kinds in both lists.
  [[nodiscard]] region with_kinds(const kind_list& kinds) const;
  /// Only events whose entity sequence (`receipt.entity_sequence`) is in `[first, last]`, both included.
  [[nodiscard]] region with_entity_sequence_range(std::uint64_t first, std::uint64_t last) const;
  /// Only events whose sequence (`receipt.sequence`) is in `[first, last]`, both included. Readers start at `first` and
  /// stop after `last`; they do not read other parts of the log.
  [[nodiscard]] region with_sequence_range(std::uint64_t first, std::uint64_t last) const;

  /// Returns whether an event with these properties, and without tags, is selected at some sequence; the range of
  /// sequences is not compared.
  [[nodiscard]] bool matches(std::string_view entity, std::string_view scope, event_kind kind,
                             std::uint64_t entity_sequence) const noexcept;
  /// Returns whether an event with these properties is selected; `tags` are in any order.
  [[nodiscard]] bool matches(std::string_view entity, std::string_view scope, event_kind kind,
                             std::uint64_t entity_sequence, std::uint64_t sequence,
                             std::span<const std::string_view> tags = {}) const noexcept;

  // Single conditions. Of alternatives, at least one must be met.
  [[nodiscard]] bool matches_names(std::string_view entity, std::string_view scope) const noexcept;
  [[nodiscard]] bool matches_kind(event_kind kind) const noexcept;
  [[nodiscard]] bool matches_entity_sequence(std::uint64_t entity_sequence) const noexcept;
  [[nodiscard]] bool matches_sequence(std::uint64_t sequence) const noexcept;
  [[nodiscard]] bool matches_tags(std::span<const std::string_view> tags) const noexcept;

  /// The regions that `any_of` was given, refined, without those that select nothing; empty for any other region, and
  /// where one is left, which is the region itself. The members below are about one region: of alternatives only
  /// `first_sequence` and `last_sequence` tell something, the range that all of them lie in.
  [[nodiscard]] const std::vector<region>& alternatives() const noexcept { return alternatives_; }

  [[nodiscard]] match entity_match() const noexcept { return entity_match_; }
  /// Returns the entity's name or prefix; empty if any entity is selected.
  [[nodiscard]] const name_type& entity_text() const noexcept { return entity_; }
  [[nodiscard]] const std::optional<name_type>& scope_name() const noexcept { return scope_; }
  /// The tags that an event must have, ascending, each once.
  [[nodiscard]] const tag_list& tags() const noexcept { return tags_; }
  [[nodiscard]] const std::optional<kind_list>& kinds() const noexcept { return kinds_; }
  [[nodiscard]] std::optional<unsigned> category() const noexcept { return category_; }
  /// The range of entity sequences; 0 to 2^64 - 1 if any is selected.
  [[nodiscard]] std::uint64_t first_entity_sequence() const noexcept { return entity_sequences_.first; }
  [[nodiscard]] std::uint64_t last_entity_sequence() const noexcept { return entity_sequences_.last; }
  /// The range of sequences; 0 to 2^64 - 1 if any is selected.
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return sequences_.first; }
  [[nodiscard]] std::uint64_t last_sequence() const noexcept { return sequences_.last; }
  /// Returns true if the refinements contradict each other, so that no event can be selected.
  [[nodiscard]] bool selects_nothing() const noexcept;

  friend bool operator==(const region&, const region&) = default;

 private:
  /// Both ends included.
  struct sequence_range {
    std::uint64_t first{0};
    std::uint64_t last{std::numeric_limits<std::uint64_t>::max()};

    [[nodiscard]] constexpr sequence_range intersected_with(const sequence_range& other) const noexcept {
      return {std::max(first, other.first), std::min(last, other.last)};
    }
    [[nodiscard]] constexpr bool contains(std::uint64_t number) const noexcept {
      return number >= first && number <= last;
    }
    [[nodiscard]] constexpr bool is_empty() const noexcept { return first > last; }
    friend bool operator==(const sequence_range&, const sequence_range&) = default;
  };

  /// Returns the position of a kind in a sorted list, or the position to insert it.
  [[nodiscard]] static kind_list::const_iterator place_of(const kind_list& sorted, event_kind kind) noexcept;
  template <class Place>
  [[nodiscard]] static bool is_at(const kind_list& sorted, Place place, event_kind kind) noexcept {
    return place != sorted.end() && *place == kind;
  }

  /// A copy that `narrow` has changed, or the alternatives of which it has changed each.
  template <class Narrow>
  [[nodiscard]] region narrowed(const Narrow& narrow) const;

  /// Whether a condition on one region holds for this one, or for one of its alternatives.
  template <class Holds>
  [[nodiscard]] bool holds(const Holds& condition) const noexcept;

  region() = default;
  region(match how, std::string_view text) : entity_match_{how}, entity_{text} {}

  match entity_match_{match::any};
  bool never_{};
  name_type entity_;
  std::optional<name_type> scope_;
  tag_list tags_;
  std::optional<kind_list> kinds_;
  std::optional<unsigned> category_;
  sequence_range entity_sequences_{};
  sequence_range sequences_{};        // of alternatives: from the first of all to the last
  std::vector<region> alternatives_;  // none has alternatives
};

}  // namespace quipu
