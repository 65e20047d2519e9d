// SPDX-License-Identifier: BSL-1.0
//
// keyed_model.hpp: the states of a read model by key, how it folds an event, and the encoding of what has changed.
#pragma once

#include "../../codec/codec.hpp"
#include "../../codec/fingerprint.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/detail/upcast_print.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../../projection/fingerprint.hpp"
#include "../../projection/folder.hpp"
#include "../../projection/projection.hpp"
#include "model_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// One state for each key that has an event after the last one that ended it.
template <class State, class KeyOf>
class keyed_states {
 public:
  using key = key_of_model<State, KeyOf>;
  using events = typename State::events;  // for the replay loop
  struct entry {
    State state{};
    bool is_changed{};  ///< since `forget_changes`
  };
  using entry_map = std::map<key, entry, std::less<>>;

  explicit keyed_states(const KeyOf& key_of) : key_of_{key_of} {}

  [[nodiscard]] const entry_map& entries() const noexcept { return entries_; }

  void fold(const event_view& event) {
    if constexpr (!folds_any_event<State>)
      dispatch_frame(events{}, *this, event.frame());
    else if (event.kind() != event_kind::tombstone)
      apply(event);
  }

  // What the replay loop calls with an event that `State` lists.
  template <class Event>
  requires(!takes_header<State, Event>) void apply(const Event& event) {
    apply_to_keys(event, [&event](State& state) { state.apply(event); });
  }
  template <class Event>
  requires takes_header<State, Event>
  void apply(const Event& event, const event_header& header) {
    apply_to_keys(event, [&](State& state) { state.apply(event, header); });
  }

  // The encoding of keys, one after the other: the size of the key, the key, and 1, the size of the state, the state;
  // or 0 for a key that is gone.
  void encode(byte_writer& writer) const {
    for (const auto& [name, found] : entries_) encode_entry(writer, name, &found.state);
  }
  void encode_changes(byte_writer& writer) const {
    for (const key& name : changed_) {
      const auto found = entries_.find(name);
      encode_entry(writer, name, found == entries_.end() ? nullptr : &found->second.state);
    }
  }
  void forget_changes() {
    for (const key& name : changed_)
      if (const auto found = entries_.find(name); found != entries_.end()) found->second.is_changed = false;
    changed_.clear();
  }
  /// Applies what `encode` or `encode_changes` wrote. False if it is something else; the states are then undefined.
  [[nodiscard]] bool decode(bytes_view raw) {
    byte_reader reader{raw};
    while (!reader.at_end()) {
      key name{};
      std::uint8_t is_there = 0;
      if (!read_sized(reader, name) || !reader.get(is_there) || is_there > 1) return false;
      if (is_there == 0) {
        entries_.erase(name);
        continue;
      }
      entry read{};
      if (!read_sized(reader, read.state)) return false;
      entries_.insert_or_assign(std::move(name), std::move(read));
    }
    return true;
  }

 private:
  static constexpr bool is_saved = cacheable<State>;

  template <class Event, class Apply>
  void apply_to_keys(const Event& event, const Apply& apply_to) {
    const auto& keys = key_of_(event);
    visit_keys<key>(keys, [&](const auto& name) {
      if constexpr (has_ends<State, Event>) {
        if (State::ends(event)) return end(name);
      }
      auto found = entries_.find(name);
      if (found == entries_.end()) found = entries_.try_emplace(key{name}).first;
      record_change(found);
      apply_to(found->second.state);
    });
  }
  template <class Name>
  void end(const Name& name) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return;
    record_change(found);
    entries_.erase(found);
  }
  void record_change(typename entry_map::iterator of) {
    if constexpr (is_saved) {
      if (!std::exchange(of->second.is_changed, true)) changed_.push_back(of->first);
    }
  }

  static void encode_entry(byte_writer& writer, const key& name, const State* state) {
    write_sized(writer, name);
    writer.put(static_cast<std::uint8_t>(state != nullptr ? 1 : 0));
    if (state != nullptr) write_sized(writer, *state);
  }
  template <class Value>
  static void write_sized(byte_writer& writer, const Value& value) {
    bytes encoded;
    byte_writer of_value{encoded};
    encode_to(of_value, value);
    writer.put(static_cast<std::uint32_t>(encoded.size()));
    writer.write(bytes_view{encoded});
  }
  template <class Value>
  [[nodiscard]] static bool read_sized(byte_reader& reader, Value& value) {
    std::uint32_t size = 0;
    bytes_view encoded;
    return reader.get(size) && reader.take(encoded, size) && decode_into(encoded, value);
  }

  KeyOf key_of_;
  entry_map entries_;
  std::vector<key> changed_;
};

/// The fingerprint of what a read model by key saves: of the projection, the key, and which events end one.
template <class State, class KeyOf>
consteval std::uint64_t keyed_fingerprint() {
  constexpr auto ending = ending_events<State>(applied_events_of(typename State::events{}));
  std::array<char, 64 + ending.size()> text{};
  print_writer writer{text.data()};
  writer.put("keyed:");
  writer.put_hex(fingerprint<State>(), 16);
  writer.put(":");
  writer.put_hex(type_fingerprint<key_of_model<State, KeyOf>>(), 16);
  writer.put(":");
  writer.put({ending.data(), ending.size()});
  return fingerprint_of_text({text.data(), writer.size});
}

template <class State, class KeyOf>
struct keyed_model {
  using projected = State;
  using made_with = KeyOf;
  using kept = keyed_states<State, KeyOf>;
  static constexpr std::uint8_t form = 3;
  [[nodiscard]] static consteval std::uint64_t saved_fingerprint() { return keyed_fingerprint<State, KeyOf>(); }

  static void fold(kept& to, const event_view& event) { to.fold(event); }
  static void encode(byte_writer& writer, const kept& from) { from.encode(writer); }
  [[nodiscard]] static bool decode(bytes_view raw, kept& to) { return to.decode(raw); }
  static void encode_changes(byte_writer& writer, const kept& from) { from.encode_changes(writer); }
  static void forget_changes(kept& of) { of.forget_changes(); }
};

}  // namespace quipu::detail::inline QUIPU_MODE
