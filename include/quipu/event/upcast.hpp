// SPDX-License-Identifier: BSL-1.0
//
// upcast.hpp: reading what an older version of an event type wrote. `using previous = older;` and
// `static T upcast(const older&)` make a chain; a stored event enters it at its own version and is led up to the newest.
#pragma once

#include "../core/error.hpp"
#include "codec.hpp"
#include "event_list.hpp"

#include <concepts>
#include <cstdint>
#include <string>

namespace quipu {
namespace detail {

template <class Event>
concept has_previous = requires { typename Event::previous; };

template <class Event>
concept upcasts_from_previous = requires(const typename Event::previous& older) {
  { Event::upcast(older) } -> std::convertible_to<Event>;
};

template <class Event>
consteval void check_upcast_chain() {
  if constexpr (has_previous<Event>) {
    using older = typename Event::previous;
    static_assert(upcasts_from_previous<Event>, "an event type with a `previous` needs `static T upcast(const previous&)`");
    static_assert(event_type<older> && kind_of<older> == kind_of<Event>, "an event type and its `previous` have one kind");
    static_assert(schema_version_of<Event>() == schema_version_of<older>() + 1,
                  "the version of an event type is one more than that of its `previous`");
    check_upcast_chain<older>();
  }
}

[[noreturn]] inline void throw_version_drift(event_kind kind, std::uint16_t stored, std::uint16_t known) {
  const bool newer = stored > known;
  throw error{errc::schema_drift,
              "an event of kind " + kind.str() + " was written as version " + std::to_string(stored) +
                  (newer ? ", which is newer than this program's version " : ", and there is no upcast from it to version ") +
                  std::to_string(known),
              {.expected = known, .actual = stored}};
}

/// Decodes the payload of an event of `Event`'s kind that was written as version `stored`. Raw events (version 0) are read
/// as the newest. Throws `errc::decode_failed`, or `errc::schema_drift` for a version that no upcast reaches.
template <class Event>
void decode_event(bytes_view payload, std::uint16_t stored, Event& value) {
  check_upcast_chain<Event>();
  constexpr std::uint16_t known = schema_version_of<Event>();
  if (stored == known || stored == 0) [[likely]] {
    decode_to(payload, value);
  } else if constexpr (has_previous<Event>) {
    if (stored > known) throw_version_drift(kind_of<Event>, stored, known);
    typename Event::previous older{};
    decode_event(payload, stored, older);
    value = Event::upcast(older);
  } else {
    throw_version_drift(kind_of<Event>, stored, known);
  }
}

}  // namespace detail
}  // namespace quipu
