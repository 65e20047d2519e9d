// SPDX-License-Identifier: BSL-1.0
//
// segment_index.hpp: the places of one segment's events: in order, and by entity, scope, kind, tag, idempotency key,
// cause and conversation. It is made from frames and never trusted over them. Not thread-safe: the segment that owns it
// locks.
//
// A place is an offset in the segment's file divided by 8, so that 32 bits reach 32 GiB. Each list ascends, which is
// the order of the log. Lists and names keep their addresses while the index grows.
#pragma once

#include "../../codec/fingerprint.hpp"
#include "../../core/detail/flat_map.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "tag_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

using place_list = std::vector<std::uint32_t>;

struct event_id_hash {
  [[nodiscard]] std::uint64_t operator()(const event_id& id) const noexcept;
};

/// An entity's events in one segment. If events were dropped, `events` has fewer than the sequences span.
struct entity_places {
  using place_list = std::vector<std::uint32_t>;
  std::string name;
  std::uint64_t first_sequence{};  ///< entity sequence of the segment's first event of the entity, dropped or not
  place_list events;
  std::uint64_t next_sequence{};  ///< entity sequence after the last; 0 while there is none
  std::uint32_t coordinate{};     ///< number of the first coordinate that has the entity

  void count(std::uint64_t entity_sequence) noexcept;
};

struct scope_places {
  using place_list = std::vector<std::uint32_t>;
  std::string name;
  place_list events;
};

struct kind_places {
  using place_list = std::vector<std::uint32_t>;
  event_kind kind{};
  place_list events;
};

/// The events that name one event as their cause, or as the beginning of their conversation.
struct linked_places {
  std::vector<std::uint32_t> events;
};

/// The entity and scope of a coordinate of one segment.
struct coordinate_names {
  entity_places* entity{};
  scope_places* scope{};
};

class mapped_index;

class segment_index {
  friend class mapped_index;  // fills one
  using place_list = std::vector<std::uint32_t>;

 public:
  /// Continues a mapped index, which the caller keeps: this one, which is empty, gets what comes behind. It has all
  /// schemas, and the numbers of coordinates go on. Throws `index_damage`.
  void continue_from(const mapped_index& before);
  /// Adds all that another index has, which continues what this one has.
  void add_all(const segment_index& later);

  /// Takes the definition of a coordinate. The numbers of a segment are 0, 1, 2...; returns false for any other number.
  [[nodiscard]] bool define(std::uint32_t number, std::string_view entity, std::string_view scope);
  [[nodiscard]] bool knows(std::uint32_t coordinate) const noexcept { return coordinate < coordinates_.size(); }

  /// Takes a schema, and adds the name of a type that has it.
  void define_schema(const schema_definition& definition);

  /// Whether an event's schema, where it has one, is defined.
  [[nodiscard]] bool knows_schema_of(const frame_view& event) noexcept {
    const std::uint32_t key = schema_key(event.kind(), event.schema_version());
    if (event.schema_version() == 0 || key == schema_of_last_) return true;
    if (schemas_.find(key) == nullptr) return false;
    schema_of_last_ = key;
    return true;
  }

  /// Takes an internal frame and ignores those of unknown kinds. Returns false if a definition does not fit.
  [[nodiscard]] bool add_internal(const frame_view& frame);

  /// Lets the processor load what taking an internal frame will read, if that is the definition of a coordinate.
  void expect(const frame_view& frame) const noexcept;

  /// Takes the frames of a segment, whose bytes are at `base`, up to an offset. Checks each frame, and that the numbers
  /// of events follow each other from `first_sequence` on: a segment that is opened when it is needed was not scanned
  /// before. Throws `errc::corrupt`.
  void take_from(const std::byte* base, std::uint64_t to, std::uint64_t first_sequence, const store_identity& identity,
                 const std::string& path);

  /// Adds an event, whose coordinate is known.
  void add(const frame_view& frame, std::uint32_t place);

  /// Adds dropped events, whose coordinates are known. Their keys get the place of the hole.
  void add_hole(const hole& dropped, std::uint32_t place);

  [[nodiscard]] const place_list& order() const noexcept { return order_; }
  /// The places of holes.
  [[nodiscard]] const place_list& holes() const noexcept { return holes_; }
  [[nodiscard]] const entity_places* find_entity(std::string_view name) const noexcept { return entities_.find(name); }
  [[nodiscard]] const scope_places* find_scope(std::string_view name) const noexcept { return scopes_.find(name); }
  [[nodiscard]] const place_list* find_kind(event_kind kind) const noexcept;
  [[nodiscard]] const stable_list<kind_places>& kinds() const noexcept { return kinds_; }
  [[nodiscard]] const tag_index& tags() const noexcept { return tags_; }
  /// The place of the event with an idempotency key, or of its hole if it was dropped; null if there is none.
  [[nodiscard]] const std::uint32_t* find_key(const event_id& key) const noexcept { return by_key_.find(key); }
  /// The events whose cause has this id; null if there are none.
  [[nodiscard]] const place_list* find_effects(const event_id& id) const noexcept { return find_links(by_cause_, id); }
  /// The events whose conversation has this id, without the event that began it; null if there are none.
  [[nodiscard]] const place_list* find_conversation(const event_id& id) const noexcept {
    return find_links(by_conversation_, id);
  }
  /// Null names for a coordinate of the index before, without events in this one.
  [[nodiscard]] coordinate_names names(std::uint32_t coordinate) const noexcept { return coordinates_[coordinate]; }
  [[nodiscard]] std::size_t coordinate_count() const noexcept { return coordinates_.size(); }
  /// Whether no entity has two coordinates, so that `first_coordinate` finds all.
  [[nodiscard]] bool has_single_coordinates() const noexcept { return has_single_coordinates_; }
  /// The number of an entity's first coordinate, if that has the scope.
  [[nodiscard]] std::optional<std::uint32_t> first_coordinate(std::string_view entity, std::string_view scope) const;

  struct known_schema {
    std::uint64_t fingerprint{};
    std::string text{};
    std::vector<std::string> names{};  ///< of the types that had it, the oldest first
  };
  [[nodiscard]] const known_schema* find_schema(event_kind kind, std::uint16_t version) const noexcept;
  using schema_entry = typename flat_map<std::uint32_t, known_schema, number_hash>::entry;
  [[nodiscard]] const flat_map<std::uint32_t, known_schema, number_hash>& schemas() const noexcept { return schemas_; }

  /// Rises when a schema or a name is added or replaced.
  [[nodiscard]] std::size_t schema_changes() const noexcept { return schema_changes_; }

  // For making an index file.
  [[nodiscard]] const named_list<entity_places>& entities() const noexcept { return entities_; }
  [[nodiscard]] const named_list<scope_places>& scopes() const noexcept { return scopes_; }
  [[nodiscard]] const flat_map<event_id, std::uint32_t, event_id_hash>& keys() const noexcept { return by_key_; }
  [[nodiscard]] const flat_map<event_id, linked_places*, event_id_hash>& effects() const noexcept { return by_cause_; }
  [[nodiscard]] const flat_map<event_id, linked_places*, event_id_hash>& conversations() const noexcept {
    return by_conversation_;
  }

  [[nodiscard]] static constexpr std::uint32_t schema_key(event_kind kind, std::uint16_t version) noexcept {
    return std::uint32_t{kind.raw()} << 16 | version;
  }
  [[nodiscard]] static constexpr event_kind kind_of_key(std::uint32_t key) noexcept {
    return event_kind::from_raw(static_cast<std::uint16_t>(key >> 16));
  }
  [[nodiscard]] static constexpr std::uint16_t version_of_key(std::uint32_t key) noexcept {
    return static_cast<std::uint16_t>(key & 0xFFFF);
  }

 private:
  using by_id = flat_map<event_id, linked_places*, event_id_hash>;

  /// The names of a coordinate, whose lists are to be added to.
  coordinate_names lists_of(std::uint32_t coordinate) {
    const coordinate_names known = coordinates_[coordinate];
    return known.entity != nullptr ? known : take_names(coordinate);
  }
  /// Takes the names of a coordinate from the index before. Throws `errc::corrupt`.
  coordinate_names take_names(std::uint32_t coordinate);
  void add_links(const frame_view& frame, std::uint32_t place);
  void add_link(by_id& table, const event_id& to, std::uint32_t place);
  place_list& links_to(by_id& table, const event_id& to);
  [[nodiscard]] static const place_list* find_links(const by_id& table, const event_id& id) noexcept;

  place_list& kind_list(event_kind kind);
  kind_places& find_or_add_kind(event_kind kind);

  const mapped_index* before_{};
  bool has_single_coordinates_{true};
  place_list order_;
  place_list holes_;
  named_list<entity_places> entities_;
  named_list<scope_places> scopes_;
  std::vector<coordinate_names> coordinates_;
  stable_list<kind_places> kinds_;
  std::array<kind_places*, 16> recent_kinds_{};  // the kinds of the last events, by their numbers
  flat_map<event_id, std::uint32_t, event_id_hash> by_key_;
  tag_index tags_;
  stable_list<linked_places> links_;
  by_id by_cause_;
  by_id by_conversation_;
  flat_map<std::uint32_t, known_schema, number_hash> schemas_;
  std::size_t schema_changes_{};
  std::uint32_t schema_of_last_{};  // of the event that was asked about last, so that most need no look-up
};

}  // namespace quipu::detail::inline QUIPU_MODE
