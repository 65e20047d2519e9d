// SPDX-License-Identifier: BSL-1.0
//
// fingerprint.hpp: the fingerprint of a projection. Two builds whose fingerprints agree may use each other's cached
// states, so it covers all that decides what a state is and that a compiler can know:
//   - the name of the projection: its static `name`, or else the type's qualified name. It alone tells two projections
//     apart that have one shape and the same events;
//   - the shape of the state (its schema text), where it can be encoded;
//   - each folded event's kind, version and shape. The order of the list doesn't matter, because it doesn't matter to
//     the fold. The shape and the version do: a state folded from events of version 1 needn't be what version 1 led up
//     to 2 gives. So do the older versions, and what their upcasts return (event/detail/upcast_print.hpp);
//   - `version`, which stands for what no compiler can see: the logic of `apply` and of upcasts.
// It is XXH64, seed 0, of a text of one line (docs/encoding.md says the same for readers in other languages):
//   projection:<name>;<state>;version:<decimal>;<event>;<event>...     events ascending by kind; `any` where all are
//   folded
//   <name> is 16 hexadecimal digits, the hash of the name; <state> is 16 digits, the hash of the schema text, or `-`
//   for a state that can't be encoded; <event> is KKKK@<version>=<16 digits>, as `F001@1=0123456789abcdef`; with older
//   versions, `<` and the 16 digits of their chain follow
#pragma once

#include "../codec/fingerprint.hpp"
#include "../core/bytes.hpp"
#include "../event/detail/upcast_print.hpp"
#include "projection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail {

template <std::size_t count>
consteval std::uint64_t hash_projection(std::uint64_t name, const std::uint64_t* state, std::uint64_t version,
                                        std::array<event_print, count> events, bool any) {
  for (std::size_t end = count; end > 1; --end) {
    for (std::size_t index = 1; index < end; ++index) {
      if (events[index].kind < events[index - 1].kind) {
        const event_print kept = events[index];
        events[index] = events[index - 1];
        events[index - 1] = kept;
      }
    }
  }
  std::array<char, 96 + event_print_size * count> text{};
  print_writer writer{text.data()};
  writer.put("projection:");
  writer.put_hex(name, 16);
  writer.put(";");
  if (state != nullptr)
    writer.put_hex(*state, 16);
  else
    writer.put("-");
  writer.put(";version:");
  writer.put_decimal(version);
  if (any) writer.put(";any");
  for (const event_print& folded : events) {
    writer.put(";");
    writer.put_event(folded);
  }
  return fingerprint_of_text({text.data(), writer.size});
}

template <class... Events>
consteval std::array<event_print, sizeof...(Events)> event_prints(event_list<Events...>) {
  return {print_event_with_chain<Events>()...};
}
consteval std::array<event_print, 0> event_prints(any_event) { return {}; }

template <class State>
consteval std::uint64_t find_projection_fingerprint() {
  constexpr bool any = folds_any_event<State>;
  constexpr auto events = event_prints(typename State::events{});
  constexpr std::uint64_t name = fingerprint_of_text(projection_name<State>());
  if constexpr (encodable<State>) {
    constexpr std::uint64_t state = type_fingerprint<State>();
    return hash_projection(name, &state, projection_version<State>(), events, any);
  } else {
    return hash_projection(name, nullptr, projection_version<State>(), events, any);
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
