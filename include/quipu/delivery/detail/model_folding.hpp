// SPDX-License-Identifier: BSL-1.0
//
// model_folding.hpp: the state that a read model keeps, how it folds an event, and its encoding: one state over all
// events, or one per entity.
#pragma once

#include "../../codec/codec.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../../projection/fingerprint.hpp"
#include "../../projection/folder.hpp"
#include "../../projection/projection.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// One state over all events.
template <class State>
struct whole_model {
  using projected = State;
  using kept = State;
  static constexpr std::uint8_t form = 1;
  [[nodiscard]] static consteval std::uint64_t saved_fingerprint() { return fingerprint<State>(); }

  static void fold(kept& to, const event_view& event) { folder<State>::fold_view(to, event); }
  static void encode(byte_writer& writer, const kept& from) { encode_to(writer, from); }
  [[nodiscard]] static bool decode(bytes_view raw, kept& to) { return decode_into(raw, to); }
};

/// Orders names without converting views to strings.
struct by_name {
  using is_transparent = void;
  [[nodiscard]] bool operator()(std::string_view left, std::string_view right) const noexcept { return left < right; }
};

/// One state for each entity that has an event in the region, including entities whose events are not folded.
template <class State>
struct entity_model {
  using projected = State;
  using kept = std::map<std::string, State, by_name>;
  static constexpr std::uint8_t form = 2;
  [[nodiscard]] static consteval std::uint64_t saved_fingerprint() { return fingerprint<State>(); }

  static void fold(kept& to, const event_view& event) {
    auto found = to.find(event.entity());
    if (found == to.end()) found = to.try_emplace(std::string{event.entity()}).first;
    folder<State>::fold_view(found->second, event);
  }
  /// Layout: the number of states; for each the size of the name, the name, the size of the state, the state.
  static void encode(byte_writer& writer, const kept& from) {
    writer.put(static_cast<std::uint64_t>(from.size()));
    bytes buffer;
    for (const auto& [entity, state] : from) {
      buffer.clear();
      byte_writer of_state{buffer};
      encode_to(of_state, state);
      writer.put(static_cast<std::uint32_t>(entity.size()));
      writer.write(bytes_view{entity});
      writer.put(static_cast<std::uint32_t>(buffer.size()));
      writer.write(bytes_view{buffer});
    }
  }
  [[nodiscard]] static bool decode(bytes_view raw, kept& to) {
    byte_reader reader{raw};
    std::uint64_t count = 0;
    if (!reader.get(count)) return false;
    for (std::uint64_t index = 0; index < count; ++index) {
      std::uint32_t size = 0;
      bytes_view entity;
      bytes_view encoded;
      if (!reader.get(size) || !reader.take(entity, size) || !reader.get(size) || !reader.take(encoded, size))
        return false;
      State state{};
      if (!decode_into(encoded, state)) return false;
      if (!to.try_emplace(std::string{entity.text()}, std::move(state)).second) return false;
    }
    return reader.at_end();
  }
};

}  // namespace quipu::detail::inline QUIPU_MODE
