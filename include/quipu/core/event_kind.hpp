// SPDX-License-Identifier: BSL-1.0
//
// event_kind.hpp: the 16-bit number of an event type, and how a C++ type declares its kind. In core, because regions
// select by kind and belong to a layer before events.
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace quipu {

/// A category (4 bits) and a type within it (12 bits). Categories 0 (system) and 0xD (effect) are reserved for the
/// library.
class event_kind {
 public:
  /// The kind `data`: an event without an event type.
  constexpr event_kind() noexcept = default;

  /// Returns a kind of the program. A reserved or out-of-range value does not compile in a constant expression and
  /// throws `errc::invalid_argument` at run time.
  [[nodiscard]] static constexpr event_kind custom(unsigned category, unsigned type) {
    if (category > 0xF) throw error{errc::invalid_argument, "an event category has 4 bits: 0x1 to 0xF"};
    if (type > 0xFFF) throw error{errc::invalid_argument, "an event type has 12 bits: 0 to 0xFFF"};
    if (category != system_category && category != effect_category)
      return from_raw(static_cast<std::uint16_t>(category << 12 | type));
    // clang shows only the first line of a statement that does not compile: the message must be on it.
    throw error{errc::invalid_argument, "event categories 0x0 (system) and 0xD (effect) are reserved for the library"};
  }

  /// Returns the kind of any 16-bit number, including reserved ones. For reading stored kinds.
  [[nodiscard]] static constexpr event_kind from_raw(std::uint16_t raw) noexcept {
    event_kind kind;
    kind.raw_ = raw;
    return kind;
  }

  [[nodiscard]] constexpr unsigned category() const noexcept { return raw_ >> 12; }
  [[nodiscard]] constexpr unsigned type() const noexcept { return raw_ & 0xFFFU; }
  [[nodiscard]] constexpr bool is_system() const noexcept { return category() == system_category; }
  [[nodiscard]] constexpr bool is_effect() const noexcept { return category() == effect_category; }
  /// Returns true for kinds that programs may not append: `is_system()` or `is_effect()`.
  [[nodiscard]] constexpr bool is_reserved() const noexcept { return is_system() || is_effect(); }
  [[nodiscard]] constexpr std::uint16_t raw() const noexcept { return raw_; }

  /// Returns the kind as text, like `0xF001`: category, then type.
  [[nodiscard]] std::string str() const;

  friend constexpr auto operator<=>(const event_kind&, const event_kind&) noexcept = default;

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, event_kind kind) {
    return out << kind.str();
  }

  // System kinds of the library.
  static const event_kind data, system_init, system_shutdown, system_heartbeat, system_config_change, system_checkpoint,
      system_batch_begin, system_batch_commit, system_schema, tombstone;
  // Effect kinds of the library.
  static const event_kind effect_error, effect_retry, effect_ack, effect_backpressure, effect_cancel, effect_conflict,
      effect_denial;

 private:
  static constexpr unsigned system_category = 0x0;
  static constexpr unsigned effect_category = 0xD;
  std::uint16_t raw_{};
};

inline constexpr event_kind event_kind::data = event_kind::from_raw(0x0000);
inline constexpr event_kind event_kind::system_init = event_kind::from_raw(0x0001);
inline constexpr event_kind event_kind::system_shutdown = event_kind::from_raw(0x0002);
inline constexpr event_kind event_kind::system_heartbeat = event_kind::from_raw(0x0003);
inline constexpr event_kind event_kind::system_config_change = event_kind::from_raw(0x0004);
inline constexpr event_kind event_kind::system_checkpoint = event_kind::from_raw(0x0005);
inline constexpr event_kind event_kind::system_batch_begin = event_kind::from_raw(0x0006);
inline constexpr event_kind event_kind::system_batch_commit = event_kind::from_raw(0x0007);
inline constexpr event_kind event_kind::system_schema = event_kind::from_raw(0x0008);
inline constexpr event_kind event_kind::tombstone = event_kind::from_raw(0x0009);
inline constexpr event_kind event_kind::effect_error = event_kind::from_raw(0xD001);
inline constexpr event_kind event_kind::effect_retry = event_kind::from_raw(0xD002);
inline constexpr event_kind event_kind::effect_ack = event_kind::from_raw(0xD003);
inline constexpr event_kind event_kind::effect_backpressure = event_kind::from_raw(0xD004);
inline constexpr event_kind event_kind::effect_cancel = event_kind::from_raw(0xD005);
inline constexpr event_kind event_kind::effect_conflict = event_kind::from_raw(0xD006);
inline constexpr event_kind event_kind::effect_denial = event_kind::from_raw(0xD007);

namespace detail {

struct no_kind {};

/// A non-static data member called `kind` is part of the event and does not declare its kind.
template <class Event>
concept has_static_kind = !std::is_member_object_pointer_v<decltype(&Event::kind)>;

}  // namespace detail

/// The kind of an event type. A type declares it with `static constexpr auto kind`. For a type that cannot be edited,
/// specialise `template <> inline constexpr quipu::event_kind quipu::kind_of<vendor::ping> =
/// quipu::event_kind::custom(0x2, 1);`
template <class Event>
inline constexpr detail::no_kind kind_of{};

template <class Event>
requires detail::has_static_kind<Event> && requires {
  { Event::kind } -> std::convertible_to<event_kind>;
  typename std::integral_constant<std::uint16_t,
                                  static_cast<event_kind>(Event::kind).raw()>;  // usable in a constant expression
}
inline constexpr event_kind kind_of<Event> = Event::kind;

/// A type that declares its event kind. `encodable` checks whether it also has an encoding.
template <class Event>
concept event_type = std::same_as<decltype(kind_of<Event>), const event_kind>;

}  // namespace quipu
