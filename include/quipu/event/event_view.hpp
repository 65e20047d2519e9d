// SPDX-License-Identifier: BSL-1.0
//
// event_view.hpp: a stored event, read where it lies. Copying a view copies no bytes, and a view keeps what it refers
// to alive, also when the store is closed or a compaction drops or erases the event. Reading a view is thread-safe.
#pragma once

#include "../codec/codec.hpp"
#include "../codec/schema_json.hpp"
#include "../coordinate/coordinate.hpp"
#include "../coordinate/region.hpp"
#include "detail/listed.hpp"
#include "erased_event.hpp"
#include "event_list.hpp"
#include "event_tags.hpp"
#include "frame.hpp"
#include "metadata.hpp"
#include "upcast.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {
namespace detail {

/// The names of an event's coordinate.
struct event_names {
  std::string_view entity{};
  std::string_view scope{};
};

/// What an event's bytes belong to: keeps them alive, and knows the names and schemas of the log they are in.
class event_origin {
 public:
  event_origin() = default;
  event_origin(const event_origin&) = delete;
  event_origin& operator=(const event_origin&) = delete;
  virtual ~event_origin() = default;

  /// The names of a coordinate, by the number that a frame has of it. They live as long as the origin.
  [[nodiscard]] virtual event_names names_of(std::uint32_t coordinate) const = 0;
  /// The schema text that the log holds for a kind and version; empty when it holds none.
  [[nodiscard]] virtual std::string schema_text(event_kind kind, std::uint16_t version) const = 0;
  /// The fingerprint of that text; 0 when the log holds none.
  [[nodiscard]] virtual std::uint64_t schema_fingerprint(event_kind kind, std::uint16_t version) const = 0;
  /// The names of the types that had that schema, the oldest first; none when the log holds none.
  [[nodiscard]] virtual std::vector<std::string> type_names(event_kind kind, std::uint16_t version) const = 0;
};

[[noreturn]] void throw_schema_drift(event_kind kind, std::uint16_t version, std::string_view logged,
                                     std::string_view known);

/// The shape of an event type; `previous` is that of the version before, if there is one, and `yields` are the other
/// kinds of the events that upcasts of the chain return.
struct event_shape {
  event_kind kind{};
  std::uint16_t version{};
  std::uint64_t hash{};
  std::string_view text{};
  const event_shape* previous{};
  std::span<const event_kind> yields{};
};

template <class Event>
[[nodiscard]] constexpr const event_shape* previous_shape_of() noexcept;
template <class Event>
inline constexpr event_shape event_shape_of{kind_of<Event>,       schema_version_of<Event>(), type_fingerprint<Event>(),
                                            schema_text<Event>(), previous_shape_of<Event>(), yielded_kinds_of<Event>};
template <class Event>
[[nodiscard]] constexpr const event_shape* previous_shape_of() noexcept {
  if constexpr (has_previous<Event>)
    return &event_shape_of<typename Event::previous>;
  else
    return nullptr;
}

[[noreturn]] void throw_kind_mismatch(event_kind wanted, event_kind found);

[[noreturn]] void throw_not_one_event(event_kind kind, std::uint16_t version, std::size_t count);

}  // namespace detail

/// A stored event. A default-constructed view refers to nothing, and only `empty()`, assignment and destruction may be
/// used.
class event_view {
 public:
  event_view() noexcept = default;

  /// For the journal.
  event_view(detail::frame_view frame, std::shared_ptr<const detail::event_origin> origin) noexcept
      : frame_{frame}, origin_{std::move(origin)} {}

  [[nodiscard]] bool empty() const noexcept { return origin_ == nullptr; }

  [[nodiscard]] event_header header() const noexcept { return frame_.header(); }
  // The names are looked up when they are asked for: most readers know them.
  [[nodiscard]] std::string_view entity() const noexcept { return origin_->names_of(frame_.coordinate()).entity; }
  [[nodiscard]] std::string_view scope() const noexcept { return origin_->names_of(frame_.coordinate()).scope; }
  /// Entity and scope, to append another event to the same coordinate.
  [[nodiscard]] coordinate where() const { return {std::string{entity()}, std::string{scope()}}; }
  /// The event's number in the store, from 0, without holes.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return frame_.sequence(); }
  /// The event's number within its entity, from 0, without holes.
  [[nodiscard]] std::uint64_t entity_sequence() const noexcept { return frame_.entity_sequence(); }
  [[nodiscard]] bytes_view payload() const noexcept { return frame_.payload(); }

  // Single fields of the header, cheaper than all of it.
  [[nodiscard]] event_id id() const noexcept { return frame_.id(); }
  [[nodiscard]] event_kind kind() const noexcept { return frame_.kind(); }
  [[nodiscard]] std::uint16_t schema_version() const noexcept { return frame_.schema_version(); }
  [[nodiscard]] std::int64_t timestamp_us() const noexcept { return frame_.timestamp_us(); }
  /// When the event holds from: the time that was given with it, or else the store's.
  [[nodiscard]] std::int64_t valid_time_us() const noexcept { return frame_.valid_time_us(); }
  /// The event's link of the hash chain; zero where the store keeps no chain.
  [[nodiscard]] digest hash() const noexcept { return frame_.hash(); }
  [[nodiscard]] std::optional<event_id> idempotency_key() const noexcept;
  /// The schema that the log has for the event's kind and version, as text; empty for an event without one.
  [[nodiscard]] std::string schema() const {
    return schema_version() == 0 ? std::string{} : origin_->schema_text(kind(), schema_version());
  }
  /// The name of the event's type: what the event's segment has for its kind and version, and the oldest where it has
  /// several. Empty for raw bytes, and where the log has none (see `event_name_of`).
  [[nodiscard]] std::string type_name() const {
    if (schema_version() == 0) return {};
    auto names = origin_->type_names(kind(), schema_version());
    return names.empty() ? std::string{} : std::move(names.front());
  }
  /// Why the gates were bypassed for this event; empty when they weren't.
  [[nodiscard]] std::string_view bypass_reason() const noexcept;
  /// What `append_options.metadata` said; empty where it said nothing, and where a compaction erased the event.
  [[nodiscard]] metadata_view metadata() const noexcept;
  /// The value of one key of the metadata, if it has it.
  [[nodiscard]] std::optional<std::string_view> metadata(std::string_view key) const noexcept {
    return metadata().find(key);
  }

  /// The event's tags, ascending; none where a compaction erased it. They refer to the event's bytes, which the view
  /// keeps alive.
  [[nodiscard]] event_tags tags() const noexcept { return event_tags{frame_}; }
  [[nodiscard]] bool has_tag(std::string_view tag) const noexcept { return tags().contains(tag); }
  /// Whether a region selects the event.
  [[nodiscard]] bool is_in(const region& wanted) const noexcept;

  /// What the event was, where a compaction erased it; nothing for any other event.
  [[nodiscard]] std::optional<erased_event> erased() const noexcept;

  /// Whether the event's kind is that of `Event`.
  template <class Event>
  [[nodiscard]] bool is() const noexcept {
    static_assert(event_type<Event>,
                  "is<E>(): E needs a kind (static constexpr auto kind, or a specialisation of quipu::kind_of)");
    if constexpr (event_type<Event>)
      return kind() == kind_of<Event>;
    else
      return false;
  }

  /// The payload as `Event`, led up to its newest version. Throws `errc::kind_mismatch`, `errc::decode_failed`, or
  /// `errc::schema_drift` when the event was written with a newer version of the type or the log holds another shape
  /// for the same version. Where upcasts make several events of a stored one, it is the one of this type;
  /// `errc::kind_mismatch` where there are none or several.
  template <class Event>
  [[nodiscard]] Event as() const {
    if constexpr (!event_type<Event>) {
      static_assert(event_type<Event>,
                    "as<E>(): E needs a kind (static constexpr auto kind, or a specialisation of quipu::kind_of)");
      detail::throw_kind_mismatch({}, kind());
    } else {
      if (!is<Event>()) detail::throw_kind_mismatch(kind_of<Event>, kind());
      check_shape<Event>();
      if constexpr (detail::upcasts_singly<Event>) {
        Event value{};
        read_into(value);
        return value;
      } else {
        std::optional<Event> found;
        std::size_t count = 0;
        visit_listed<Event>(event_list<Event>{}, [&](Event&& value) {
          if (count++ == 0) found.emplace(std::move(value));
        });
        if (count != 1) detail::throw_not_one_event(kind(), schema_version(), count);
        return *std::move(found);
      }
    }
  }

  /// As `as`, but nothing for an event of another kind or one that doesn't decode.
  template <class Event>
  [[nodiscard]] auto try_as() const {
    if constexpr (!event_type<Event>) {
      static_assert(event_type<Event>,
                    "try_as<E>(): E needs a kind (static constexpr auto kind, or a specialisation of quipu::kind_of)");
    } else {
      std::optional<Event> value;
      if (!is<Event>()) return value;
      try {
        if constexpr (detail::upcasts_singly<Event>) {
          check_shape<Event>();
          read_into(value.emplace());
        } else {
          value.emplace(as<Event>());
        }
      } catch (const error&) {
        value.reset();
      }
      return value;
    }
  }

  /// Calls `visitor` with the decoded event when its kind is one of the list's, and says whether it was called. Throws
  /// as `as` does. Where upcasts make several events of a stored one, it is called with each of them whose type is in
  /// the list, in order; with none, it isn't called. It must be callable with each event of the list but those of which
  /// an upcast may make several; a compile error names one that it has no handler for.
  template <class... Events, class Visitor>
  bool visit(event_list<Events...> wanted, Visitor&& visitor) const {
    constexpr bool have_kinds = (event_type<Events> && ...);
    static_assert(have_kinds,
                  "visit(event_list<E...>): each E needs a kind (static constexpr auto kind, or a specialisation of "
                  "quipu::kind_of)");
    constexpr bool takes_all = (takes<Visitor, Events>() && ...);
    if constexpr (have_kinds && takes_all)
      return (visit_as<Events>(wanted, visitor) || ...);
    else
      return false;
  }

  /// The event as one JSON object. The payload is printed by the schema that the log holds, or as hexadecimal where it
  /// holds none; no C++ type is needed.
  [[nodiscard]] std::string to_json() const;

  /// The frame as it is stored; for the library's own layers.
  [[nodiscard]] const detail::frame_view& frame() const noexcept { return frame_; }

 private:
  /// Whether a visitor has a handler for an event; a compile error that names both if not. An event whose upcast may
  /// make others of it needs none.
  template <class Visitor, class Event>
  static consteval bool takes() {
    if constexpr (detail::upcasts_singly<Event>) {
      constexpr bool has_a_handler = std::is_invocable_v<Visitor&, Event>;
      static_assert(has_a_handler,
                    "visit(event_list<E...>, visitor): the visitor has no handler for Event; it must be callable with "
                    "each E, or the list must not have it");
      return has_a_handler;
    } else {
      return true;
    }
  }

  template <class Event>
  void read_into(Event& value) const {
    detail::decode_event(frame_.payload(), frame_.schema_version(), value);
  }

  /// False where the event has another kind or its upcasts made nothing of it.
  template <class Event, class... Events, class Visitor>
  bool visit_as([[maybe_unused]] event_list<Events...> wanted, Visitor& visitor) const {
    if (!is<Event>()) return false;
    if constexpr (detail::upcasts_singly<Event>) {
      static_cast<void>(visitor(as<Event>()));
      return true;
    } else {
      check_shape<Event>();
      bool visited = false;
      visit_listed<Event>(wanted, [&]<class Found>(Found&& value) {
        visitor(std::forward<Found>(value));
        visited = true;
      });
      return visited;
    }
  }
  template <class Event, class Events, class Visitor>
  void visit_listed(Events, const Visitor& visitor) const {
    const auto take = [&visitor](auto& value) { visitor(std::move(value)); };
    const auto route = [&take](auto& value) { detail::give_listed<Events>(value, take); };
    detail::decode_events<Event>(frame_.payload(), schema_version(), route);
  }

  /// Whether the log has the shape that `Event`, or the one of its older versions that wrote this event, has now.
  template <class Event>
  void check_shape() const {
    const std::uint16_t written = schema_version();
    if (written > schema_version_of<Event>())
      detail::throw_version_drift(kind(), written, schema_version_of<Event>(), false, schema_text<Event>(),
                                  origin_->schema_text(kind(), written));
    if (written == schema_version_of<Event>()) {
      const std::uint64_t logged = origin_->schema_fingerprint(kind(), written);
      if (logged == 0 || logged == detail::type_fingerprint<Event>()) return;
      const std::string text = origin_->schema_text(kind(), written);
      if (!detail::reads_schema(schema_text<Event>(), text))
        detail::throw_schema_drift(kind(), written, text, schema_text<Event>());
    } else if constexpr (detail::has_previous<Event>) {
      check_shape<typename Event::previous>();
    }
  }

  detail::frame_view frame_{};
  std::shared_ptr<const detail::event_origin> origin_;
};

inline std::string event_view::to_json() const {
  const event_header about = header();
  std::string out = "{\"sequence\":" + std::to_string(sequence()) + ",\"entity\":";
  detail::append_json_string(out, entity());
  out.append(",\"scope\":");
  detail::append_json_string(out, scope());
  out.append(",\"entity_sequence\":").append(std::to_string(entity_sequence()));
  out.append(",\"id\":\"").append(about.id.str());
  out.append("\",\"correlation_id\":\"").append(about.correlation_id.str()).append("\"");
  if (about.causation_id) out.append(",\"causation_id\":\"").append(about.causation_id->str()).append("\"");
  out.append(",\"timestamp_us\":").append(std::to_string(about.timestamp_us));
  if (about.given_us) out.append(",\"given_us\":").append(std::to_string(*about.given_us));
  out.append(",\"kind\":\"")
      .append(about.kind.str())
      .append("\",\"version\":")
      .append(std::to_string(about.schema_version));
  if (const std::string name = type_name(); !name.empty()) {
    out.append(",\"type\":");
    detail::append_json_string(out, name);
  }
  if (!about.content_hash.is_zero()) out.append(",\"hash\":\"").append(about.content_hash.str()).append("\"");
  if (!bypass_reason().empty()) {
    out.append(",\"bypass_reason\":");
    detail::append_json_string(out, bypass_reason());
  }
  if (const metadata_view about_it = metadata(); !about_it.empty()) {
    char before = '{';
    out.append(",\"metadata\":");
    for (const auto& [key, value] : about_it) {
      out.push_back(std::exchange(before, ','));
      detail::append_json_string(out, key);
      out.push_back(':');
      detail::append_json_string(out, value);
    }
    out.push_back('}');
  }
  if (const event_tags own = tags(); !own.empty()) {
    out.append(",\"tags\":[");
    for (const std::string_view tag : own) {
      if (tag.data() != own[0].data()) out.push_back(',');
      detail::append_json_string(out, tag);
    }
    out.push_back(']');
  }
  if (const auto was = erased()) {
    out.append(",\"erased\":{\"kind\":\"")
        .append(was->kind.str())
        .append("\",\"version\":")
        .append(std::to_string(was->version));
    out.append(",\"size\":").append(std::to_string(was->payload_size)).append("}}");
    return out;
  }
  const std::string logged = schema();
  if (logged.empty()) {
    out.append(",\"bytes\":\"").append(detail::to_hex(payload())).append("\"}");
  } else {
    out.append(",\"payload\":").append(schema_to_json(logged, payload())).append("}");
  }
  return out;
}

/// What `operator->` of an iterator over events returns: the event itself, as iterators make their events on demand.
class event_pointer {
 public:
  explicit event_pointer(event_view of) noexcept : of_{std::move(of)} {}
  [[nodiscard]] const event_view* operator->() const noexcept { return &of_; }

 private:
  event_view of_;
};

}  // namespace quipu
