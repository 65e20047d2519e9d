// SPDX-License-Identifier: BSL-1.0
//
// fingerprint.hpp: the fingerprint of a projection. Two builds whose fingerprints agree may use each other's cached states, so
// it covers all that decides what a state is and that a compiler can know:
//   - the shape of the state (its schema text), where it can be encoded;
//   - each folded event's kind, version and shape. The order of the list doesn't matter, because it doesn't matter to the fold.
//     The shape and the version do: a state folded from events of version 1 needn't be what version 1 led up to 2 gives;
//   - `version`, which stands for what no compiler can see: the logic of `apply` and of upcasts.
// It is XXH64, seed 0, of a text of one line (docs/encoding.md says the same for readers in other languages):
//   projection:<state>;version:<decimal>;<event>;<event>...     events ascending by kind; `any` where all are folded raw
//   <state> is 16 hexadecimal digits, the hash of the schema text, or `-` for a state that can't be encoded
//   <event> is KKKK@<version>=<16 digits>, as `F001@1=0123456789abcdef`
#pragma once

#include "../core/bytes.hpp"
#include "../event/fingerprint.hpp"
#include "projection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail {

/// What the fingerprint has of one event.
struct event_print {
  std::uint16_t kind{};
  std::uint16_t version{};
  std::uint64_t shape{};
};

/// Writes into a buffer that is large enough.
struct print_writer {
  char* out;
  std::size_t size{};

  constexpr void put(std::string_view text) {
    for (const char letter : text) out[size++] = letter;
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
};

template <std::size_t count>
consteval std::uint64_t hash_projection(const std::uint64_t* state, std::uint64_t version, std::array<event_print, count> events,
                                        bool any) {
  for (std::size_t end = count; end > 1; --end) {
    for (std::size_t index = 1; index < end; ++index) {
      if (events[index].kind < events[index - 1].kind) {
        const event_print kept = events[index];
        events[index] = events[index - 1];
        events[index - 1] = kept;
      }
    }
  }
  std::array<char, 64 + 32 * count> text{};
  print_writer writer{text.data()};
  writer.put("projection:");
  if (state != nullptr) writer.put_hex(*state, 16);
  else writer.put("-");
  writer.put(";version:");
  writer.put_decimal(version);
  if (any) writer.put(";any");
  for (const event_print& folded : events) {
    writer.put(";");
    writer.put_kind(folded.kind);
    writer.put("@");
    writer.put_decimal(folded.version);
    writer.put("=");
    writer.put_hex(folded.shape, 16);
  }
  return fingerprint_of_text({text.data(), writer.size});
}

template <class... Events>
consteval std::array<event_print, sizeof...(Events)> event_prints(event_list<Events...>) {
  return {event_print{kind_of<Events>.raw(), schema_version_of<Events>(), type_fingerprint<Events>()}...};
}
consteval std::array<event_print, 0> event_prints(any_event) { return {}; }

template <class State>
consteval std::uint64_t find_projection_fingerprint() {
  constexpr bool any = folds_any_event<State>;
  constexpr auto events = event_prints(typename State::events{});
  if constexpr (encodable<State>) {
    constexpr std::uint64_t state = type_fingerprint<State>();
    return hash_projection(&state, projection_version<State>(), events, any);
  } else {
    return hash_projection(nullptr, projection_version<State>(), events, any);
  }
}

template <names_its_events State>
struct fingerprint_traits<State> {
  static constexpr auto value() noexcept {
    if constexpr (projection<State>) {
      constexpr std::uint64_t hash = find_projection_fingerprint<State>();
      return hash;
    } else {
      return projection_sentence<State>::value;
    }
  }
};

}  // namespace quipu::detail
