// SPDX-License-Identifier: BSL-1.0
//
// upcast.hpp: reading what an older version of an event type wrote. `using previous = older;` and
// `static T upcast(const older&)` make a chain; a stored event enters it at its own version and is led up to the
// newest.
//
// An upcast may also return events of other kinds, or a std::optional, variant, tuple, pair, array or vector of events:
// so one stored event becomes none or several (docs/upcasting.md). A type whose upcast returns nothing of its own kind
// is *retired*: old events of the kind are read as others, and no new ones can be appended.
#pragma once

#include "../codec/codec.hpp"
#include "../core/error.hpp"
#include "detail/upcast_result.hpp"
#include "event_list.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {
namespace detail {

template <class Event>
concept has_previous = requires {
  typename Event::previous;
};

template <class Event>
concept upcasts_from_previous = requires(const typename Event::previous& older) {
  Event::upcast(older);
};

/// What `Event::upcast` returns.
template <class Event>
using upcast_result = std::remove_cvref_t<decltype(Event::upcast(std::declval<const typename Event::previous&>()))>;

/// Whether the events of a kind have become other kinds' with this version: its upcast returns no event of its own
/// type.
template <class Event>
consteval bool find_retired() {
  if constexpr (has_previous<Event>) {
    if constexpr (upcasts_from_previous<Event>)
      return !has_upcast_part<Event, upcast_result<Event>, upcast_part::own>();
  }
  return false;
}
template <class Event>
inline constexpr bool is_retired = find_retired<Event>();

/// Whether each stored event of `Event`'s kind is led up to exactly one event, of this type.
template <class Event>
consteval bool find_upcasts_singly() {
  if constexpr (has_previous<Event>) {
    if constexpr (upcasts_from_previous<Event>)
      return upcast_part_of<Event, upcast_result<Event>> == upcast_part::own &&
             find_upcasts_singly<typename Event::previous>();
  }
  return true;
}
template <class Event>
inline constexpr bool upcasts_singly = find_upcasts_singly<Event>();

/// Whether `Older` is `Newest` or one of the versions before it.
template <class Newest, class Older>
consteval bool find_version_of() {
  if constexpr (std::is_same_v<Newest, Older>)
    return true;
  else if constexpr (has_previous<Newest>)
    return find_version_of<typename Newest::previous, Older>();
  else
    return false;
}
template <class Newest, class Older>
inline constexpr bool is_version_of = find_version_of<Newest, Older>();

struct is_living_event {
  template <class Event>
  consteval bool operator()() const {
    return !is_retired<Event>;
  }
};

template <class Event>
consteval void check_upcast_chain() {
  if constexpr (has_previous<Event>) {
    using older = typename Event::previous;
    static_assert(upcasts_from_previous<Event>,
                  "an event type with a `previous` needs `static T upcast(const previous&)`");
    if constexpr (upcasts_from_previous<Event>) {
      using result = upcast_result<Event>;
      static_assert(!has_upcast_part<Event, result, upcast_part::no_event>(),
                    "`upcast` returns an event, or a std::optional, variant, tuple, pair, array or vector of events");
      static_assert(!has_upcast_part<Event, result, upcast_part::wrong_version>(),
                    "what `upcast` returns of its own kind must be of its own type");
      static_assert(all_other_events<Event, result>(is_living_event{}),
                    "`upcast` returns an event of a kind that is retired");
    }
    static_assert(event_type<older> && kind_of<older> == kind_of<Event>,
                  "an event type and its `previous` have one kind");
    static_assert(schema_version_of<Event>() == schema_version_of<older>() + 1,
                  "the version of an event type is one more than that of its `previous`: "
                  "`static constexpr std::uint16_t version`");
    check_upcast_chain<older>();
  }
}

/// Whether `test.operator()<Other>()` holds for each event of another kind that an upcast of the chain returns.
template <class Event, class Test>
consteval bool all_yielded_events(Test test) {
  if constexpr (has_previous<Event>) {
    if constexpr (upcasts_from_previous<Event>)
      return all_other_events<Event, upcast_result<Event>>(test) && all_yielded_events<typename Event::previous>(test);
  }
  return true;
}

/// Writes down the kinds of the events that it is shown, or counts them.
struct kind_collector {
  event_kind* kinds;
  std::size_t* count;

  template <class Event>
  consteval bool operator()() const {
    if (kinds != nullptr) kinds[*count] = kind_of<Event>;
    ++*count;
    return true;
  }
};
template <class Event>
consteval std::size_t count_yielded_events() {
  std::size_t count = 0;
  static_cast<void>(all_yielded_events<Event>(kind_collector{nullptr, &count}));
  return count;
}
template <class Event>
consteval auto find_yielded_kinds() {
  std::array<event_kind, count_yielded_events<Event>()> kinds{};
  std::size_t count = 0;
  static_cast<void>(all_yielded_events<Event>(kind_collector{kinds.data(), &count}));
  return kinds;
}
/// The kinds of the events of other kinds that upcasts of the chain return, as often as they are named.
template <class Event>
inline constexpr auto yielded_kinds_of = find_yielded_kinds<Event>();

/// A stored event of a version that this program can't read. Whoever knows the log adds the shape that it has.
class version_drift : public error {
 public:
  version_drift(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired, std::string_view shape,
                std::string_view logged = {});

  /// Throws the same with the shape that the log has.
  [[noreturn]] void throw_with_logged(std::string_view logged) const;

  [[nodiscard]] event_kind kind() const noexcept { return kind_; }
  [[nodiscard]] std::uint16_t stored() const noexcept { return stored_; }

 private:
  static std::string describe(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired,
                              std::string_view shape, std::string_view logged);

  event_kind kind_;
  std::uint16_t stored_;
  std::uint16_t known_;
  bool retired_;
  std::string_view shape_;  // that of a type, which is there as long as the program
};

/// Out of line, and so not in a replay loop.
[[noreturn]] void throw_version_drift(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired,
                                      std::string_view shape, std::string_view logged = {});

/// Decodes the payload of an event of `Event`'s kind that was written as version `stored`. Raw events (version 0) are
/// read as the newest. Throws `errc::decode_failed`, or `errc::schema_drift` for a version that no upcast reaches.
template <class Event>
requires upcasts_singly<Event>
void decode_event(bytes_view payload, std::uint16_t stored, Event& value) {
  check_upcast_chain<Event>();
  constexpr std::uint16_t known = schema_version_of<Event>();
  if (stored == known || stored == 0) [[likely]] {
    decode_to(payload, value);
  } else if constexpr (has_previous<Event>) {
    if (stored > known) throw_version_drift(kind_of<Event>, stored, known, false, schema_text<Event>());
    typename Event::previous older{};
    decode_event(payload, stored, older);
    value = Event::upcast(older);
  } else {
    throw_version_drift(kind_of<Event>, stored, known, false, schema_text<Event>());
  }
}

/// One step: from the version before to what this version's upcast makes of it. Events of other kinds go through as
/// they are.
template <class Event, class Sink>
struct upcast_step {
  Sink& sink;

  template <class Value>
  constexpr void operator()(Value& value) const {
    if constexpr (std::is_same_v<std::remove_const_t<Value>, typename Event::previous>) {
      auto result = Event::upcast(std::as_const(value));
      visit_upcast_result<Event>(result, sink);
    } else {
      sink(value);
    }
  }
};

/// Leads an event of any version of `Event`'s chain up: calls `sink` with each event that it becomes, in order, as an
/// lvalue that may be moved from: an `Event`, or an event of another kind as an upcast returned it.
template <class Event, class Older, class Sink>
constexpr void lead_up(Older& older, Sink& sink) {
  if constexpr (std::is_same_v<Event, std::remove_const_t<Older>>) {
    sink(older);
  } else {
    check_upcast_chain<Event>();
    upcast_step<Event, Sink> step{sink};
    lead_up<typename Event::previous>(older, step);
  }
}

/// As `decode_event`, for chains whose events may become none or several: see `lead_up`. A retired kind's newest
/// version was never written.
template <class Event, class Sink>
void decode_events(bytes_view payload, std::uint16_t stored, Sink& sink) {
  check_upcast_chain<Event>();
  constexpr std::uint16_t known = schema_version_of<Event>();
  if constexpr (!is_retired<Event>) {
    if (stored == known || stored == 0) {
      Event value{};
      decode_to(payload, value);
      sink(value);
      return;
    }
  }
  if constexpr (has_previous<Event>) {
    if (stored < known && stored != 0) {
      upcast_step<Event, Sink> step{sink};
      decode_events<typename Event::previous>(payload, stored, step);
      return;
    }
  }
  throw_version_drift(kind_of<Event>, stored, known, is_retired<Event>, schema_text<Event>());
}

}  // namespace detail
}  // namespace quipu
