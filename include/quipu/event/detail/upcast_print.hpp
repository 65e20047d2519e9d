// SPDX-License-Identifier: BSL-1.0
//
// upcast_print.hpp: what stands in fingerprints for an event type and the versions before it. The chain of a version
// with a `previous` is the XXH64, seed 0, of
//   upcast:<event>:<result>:<event before>          where that has no `previous`, and otherwise
//   upcast:<event>:<result>:<event before><<chain>
//   <event> is KKKK@<version>=<16 digits of its shape>
//   <result> is `.` where the upcast returns its own type, else 16 digits: the hash of the text of what it returns,
//   made of
//   `.`, <event>, and `optional`, `variant`, `tuple` or `many` with a `:` and 16 digits for each part
#pragma once

#include "../../codec/fingerprint.hpp"
#include "../../core/bytes.hpp"
#include "../upcast.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail {

/// What a fingerprint has of one event.
struct event_print {
  std::uint16_t kind{};
  std::uint16_t version{};
  std::uint64_t shape{};
  bool has_chain{};
  std::uint64_t chain{};
};

/// The most characters of an event in a text, and what is between two.
inline constexpr std::size_t event_print_size = 48;

/// Writes into a buffer that is large enough.
struct print_writer {
  char* out;
  std::size_t size{};

  constexpr void put(std::string_view text) {
    for (const char *from = text.data(), *const end = from + text.size(); from != end; ++from) out[size++] = *from;
  }
  constexpr void put_hex(std::uint64_t value, int digits) {
    for (int shift = 4 * digits; shift != 0;) {
      shift -= 4;
      out[size++] = hex_digits[static_cast<std::size_t>(value >> shift & 15)];
    }
  }
  /// In capitals, as `event_kind::str()`.
  constexpr void put_kind(std::uint16_t kind) {
    for (int shift = 16; shift != 0;) {
      shift -= 4;
      out[size++] = "0123456789ABCDEF"[kind >> shift & 15];
    }
  }
  constexpr void put_decimal(std::uint64_t value) {
    std::uint64_t scale = 1;
    while (value / scale >= 10) scale *= 10;
    for (; scale != 0; scale /= 10) out[size++] = static_cast<char>('0' + value / scale % 10);
  }
  constexpr void put_event(const event_print& shown) {
    put_kind(shown.kind);
    put("@");
    put_decimal(shown.version);
    put("=");
    put_hex(shown.shape, 16);
    if (!shown.has_chain) return;
    put("<");
    put_hex(shown.chain, 16);
  }
};

template <class Event>
consteval event_print print_event() {
  return {kind_of<Event>.raw(), schema_version_of<Event>(), type_fingerprint<Event>(), false, 0};
}

/// The hash of the text of what an upcast returns.
template <class Event, class Result>
consteval std::uint64_t hash_upcast_result();

template <class Event, class... Parts>
consteval std::uint64_t hash_upcast_parts(std::string_view name, type_list<Parts...>) {
  std::array<char, 16 + 17 * sizeof...(Parts)> text{};
  print_writer writer{text.data()};
  writer.put(name);
  ((writer.put(":"), writer.put_hex(hash_upcast_result<Event, Parts>(), 16)), ...);
  return fingerprint_of_text({text.data(), writer.size});
}

template <class Event, class Result>
consteval std::uint64_t hash_upcast_result() {
  constexpr upcast_part part = upcast_part_of<Event, Result>;
  if constexpr (is_composed(part)) {
    using parts = typename standard_parts<Result>::types;
    return hash_upcast_parts<Event>(part == upcast_part::optional  ? "optional"
                                    : part == upcast_part::choice  ? "variant"
                                    : part == upcast_part::several ? "tuple"
                                                                   : "many",
                                    parts{});
  } else if constexpr (part == upcast_part::other) {
    std::array<char, event_print_size> text{};
    print_writer writer{text.data()};
    writer.put_event(print_event<Result>());
    return fingerprint_of_text({text.data(), writer.size});
  } else {
    return fingerprint_of_text(".");
  }
}

/// An event type with its older versions.
template <class Event>
consteval event_print print_event_with_chain() {
  event_print shown = print_event<Event>();
  if constexpr (has_previous<Event>) {
    check_upcast_chain<Event>();
    if constexpr (upcasts_from_previous<Event>) {
      std::array<char, 32 + 2 * event_print_size> text{};
      print_writer writer{text.data()};
      writer.put("upcast:");
      writer.put_event(shown);
      writer.put(":");
      if constexpr (upcast_part_of<Event, upcast_result<Event>> == upcast_part::own)
        writer.put(".");
      else
        writer.put_hex(hash_upcast_result<Event, upcast_result<Event>>(), 16);
      writer.put(":");
      writer.put_event(print_event_with_chain<typename Event::previous>());
      shown.has_chain = true;
      shown.chain = fingerprint_of_text({text.data(), writer.size});
    }
  }
  return shown;
}

}  // namespace quipu::detail
