// SPDX-License-Identifier: BSL-1.0
//
// folder.hpp: folding stored events where they lie. The store's replay loop: no event_view, no shared ownership, no
// virtual call; the header is read only for an `apply` that takes it, a packed event is one load, and an event of a
// kind that isn't folded is stepped over unread.
//
// From a kind to its `apply` (measured, benchmarks/results/dispatch.md): up to 32 kinds a chain of comparisons, which
// compilers turn into what they make of a hand-written switch, and inline; above that a table that is hashed while
// compiling.
#pragma once

#include "../core/error.hpp"
#include "../event/detail/listed.hpp"
#include "../event/event_view.hpp"
#include "../event/frame.hpp"
#include "projection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace quipu::detail {

inline constexpr std::size_t inline_kinds_limit = 32;

/// Kind, flags, schema version and extension size of a frame, in one number: they determine how it is decoded.
struct frame_head {
  std::uint64_t raw;

  explicit frame_head(frame_view frame) noexcept
      : raw{load_little_endian<std::uint64_t>(frame.data() + frame_layout::kind.offset)} {}

  static constexpr std::uint64_t kind_mask = 0xFFFF;
  static constexpr std::uint64_t internal_mask = std::uint64_t{frame_flags::internal} << 16;
  static constexpr std::uint64_t version_mask = std::uint64_t{0xFFFF} << 32;

  static_assert(fields_fill(frame_layout::kind.offset, frame_layout::kind.offset + sizeof(raw), frame_layout::kind,
                            frame_layout::flags, frame_layout::schema_version, frame_layout::extension_size));

  [[nodiscard]] std::uint16_t kind() const noexcept { return static_cast<std::uint16_t>(raw & kind_mask); }

  /// Whether it is an event of this kind as its newest version wrote it.
  template <class Event>
  [[nodiscard]] bool is_current() const noexcept {
    constexpr std::uint64_t wanted = std::uint64_t{schema_version_of<Event>()} << 32 | kind_of<Event>.raw();
    return (raw & (kind_mask | internal_mask | version_mask)) == wanted;
  }
};

/// Applies an event to the `State` that `state` points to.
template <class State, class Event>
void apply_event(void* state, const Event& value, frame_view frame) {
  if constexpr (takes_header<State, Event>)
    static_cast<State*>(state)->apply(value, frame.header());
  else
    static_cast<State*>(state)->apply(value);
}

/// How the events of a type are read, for a reader that doesn't know the type.
struct event_reading {
  const event_shape* shape{};
  bool (*decode)(bytes_view payload, void* event){};
  /// Reads what an older version wrote; null if there is none.
  void (*decode_older)(bytes_view payload, std::uint16_t version, void* event){};
};

template <class Event>
requires upcasts_singly<Event>
[[nodiscard]] consteval event_reading find_event_reading() {
  event_reading how{&event_shape_of<Event>,
                    [](bytes_view payload, void* event) { return decode_into(payload, *static_cast<Event*>(event)); }};
  if constexpr (has_previous<Event>) {
    how.decode_older = [](bytes_view payload, std::uint16_t version, void* event) {
      decode_event(payload, version, *static_cast<Event*>(event));
    };
  }
  return how;
}
template <class Event>
inline constexpr event_reading event_reading_of = find_event_reading<Event>();

/// Reads an event of any version, or a raw one, into `event`, which is a default value. Returns false for an internal
/// frame.
[[nodiscard]] bool read_frame(frame_view frame, const event_reading& how, void* event);

/// Reads an event and applies it. Compiled once for an event type, however many states fold it.
template <class Event>
requires upcasts_singly<Event>
[[gnu::noinline]] bool read_and_apply(frame_view frame, void* state,
                                      void (*apply)(void* state, const Event& value, frame_view frame)) {
  Event value{};
  if (!read_frame(frame, event_reading_of<Event>, &value)) return false;
  apply(state, value, frame);
  return true;
}

/// Folds an event of a type whose upcasts may return any number of events.
template <class State, class Event>
[[gnu::noinline]] bool fold_through_upcasts(State& state, frame_view frame) {
  if (frame.is_internal()) return false;
  const auto take = [&state, frame]<class Listed>(const Listed& value) {
    apply_event<State, Listed>(&state, value, frame);
  };
  auto route = [&take](auto& value) { give_listed<typename State::events>(value, take); };
  decode_events<Event>(frame.payload(), frame.schema_version(), route);
  return true;
}

/// Folds a frame of `Event`'s kind. One whose event an upcast dropped was folded, too: into the same state. Only a
/// packed event is read here, unless it was written by an older version or as raw bytes, or is damaged.
template <class State, class Event>
bool fold_known_frame(State& state, frame_view frame, [[maybe_unused]] frame_head head) {
  if constexpr (is_packed<Event> && !is_retired<Event>) {
    if (head.is_current<Event>() && frame.payload_size() == sizeof(Event)) [[likely]] {
      Event value{};
      std::memcpy(static_cast<void*>(&value), frame.payload().data(), sizeof(Event));
      apply_event<State, Event>(&state, value, frame);
      return true;
    }
  }
  if constexpr (upcasts_singly<Event>)
    return read_and_apply<Event>(frame, &state, &apply_event<State, Event>);
  else
    return fold_through_upcasts<State, Event>(state, frame);
}

/// Kinds to positions in a list, hashed by multiplying. Open addressing: right for any multiplier; the one that is
/// chosen makes the probes short, mostly none.
template <std::size_t count>
struct kind_table {
  static constexpr std::size_t log2_slots = [] {
    std::size_t log2 = 2;
    while ((std::size_t{1} << log2) < 4 * count) ++log2;
    return log2;
  }();
  static constexpr std::size_t slots = std::size_t{1} << log2_slots;
  static constexpr std::uint32_t no_kind = 0x10000;

  std::array<std::uint32_t, slots> kinds{};
  std::array<std::uint16_t, slots> positions{};
  std::uint32_t multiplier{};
  std::uint32_t longest_probe{};

  [[nodiscard]] static constexpr std::size_t slot_of(std::uint32_t kind, std::uint32_t by) noexcept {
    return static_cast<std::size_t>(kind * by >> (32 - log2_slots));
  }

  consteval explicit kind_table(const std::array<event_kind, count>& listed) {
    constexpr int tries = 64;
    std::uint32_t candidate = 0x9E3779B1U;
    std::uint32_t best = ~std::uint32_t{0};
    for (int attempt = 0; attempt < tries && best != 0; ++attempt) {
      const std::uint32_t longest = fill(listed, candidate, best);
      if (longest < best) {
        best = longest;
        multiplier = candidate;
      }
      candidate = candidate * 0x915F77F5U + 2;
    }
    longest_probe = fill(listed, multiplier, ~std::uint32_t{0});
  }

  /// The position of a kind in the list, or `count`.
  [[nodiscard]] constexpr std::size_t find(std::uint16_t kind) const noexcept {
    std::size_t slot = slot_of(kind, multiplier);
    for (std::uint32_t probe = 0;; ++probe) {
      if (kinds[slot] == kind) return positions[slot];
      if (probe == longest_probe) return count;
      slot = (slot + 1) % slots;
    }
  }

 private:
  /// Lays out the table and returns its longest probe; gives up where that reaches `worst`.
  constexpr std::uint32_t fill(const std::array<event_kind, count>& listed, std::uint32_t by, std::uint32_t worst) {
    for (std::uint32_t& kind : kinds) kind = no_kind;
    std::uint32_t longest = 0;
    for (std::size_t position = 0; position < count; ++position) {
      std::size_t slot = slot_of(listed[position].raw(), by);
      std::uint32_t probe = 0;
      for (; kinds[slot] != no_kind; ++probe) slot = (slot + 1) % slots;
      kinds[slot] = listed[position].raw();
      positions[slot] = static_cast<std::uint16_t>(position);
      if (probe > longest) longest = probe;
      if (longest >= worst) return worst;
    }
    return longest;
  }
};

template <class State, class... Events>
struct kind_dispatch {
  using handler = bool (*)(State&, frame_view, frame_head);
  static constexpr kind_table<sizeof...(Events)> table{std::array<event_kind, sizeof...(Events)>{kind_of<Events>...}};
  static constexpr std::array<handler, sizeof...(Events)> handlers{&fold_known_frame<State, Events>...};
};

/// Folds one frame. False for an internal frame and for a kind that isn't folded.
template <class State, class... Events>
bool dispatch_frame(event_list<Events...>, State& state, frame_view frame) {
  const frame_head head{frame};
  const std::uint16_t kind = head.kind();
  if constexpr (sizeof...(Events) <= inline_kinds_limit) {
    bool folded = false;
    static_cast<void>(
        ((kind == kind_of<Events>.raw() && (folded = fold_known_frame<State, Events>(state, frame, head), true)) ||
         ...));
    return folded;
  } else {
    using dispatch = kind_dispatch<State, Events...>;
    const std::size_t position = dispatch::table.find(kind);
    return position != sizeof...(Events) && dispatch::handlers[position](state, frame, head);
  }
}

/// How a projection folds stored events. Every function throws what `apply` throws; `errc::decode_failed` for a payload
/// that isn't an encoding of its kind's type, naming the event; and `errc::schema_drift` for a version that no upcast
/// reaches. The state has then folded the events before. The frames were checked before (see `check_frame`).
template <projection State>
struct folder {
  /// Whether the state reads events as `event_view`s, which the caller must then make.
  static constexpr bool needs_views = folds_any_event<State>;

  /// Folds one frame; false for an internal frame and for a kind that isn't folded.
  static bool fold_frame(State& state, frame_view frame) requires(!needs_views) {
    return dispatch_frame(typename State::events{}, state, frame);
  }

  /// As `fold_frame`; a state of `any_event` gets the `event_view` that `make_view(frame)` returns. It isn't given
  /// erased events, whatever it is folded for: an event that was erased says nothing, to any state.
  template <class MakeView>
  static bool fold_frame(State& state, frame_view frame, MakeView&& make_view) {
    if constexpr (needs_views) {
      if (frame.is_internal() || frame.kind() == event_kind::tombstone) return false;
      const event_view& view = make_view(frame);
      state.apply(view);
      return true;
    } else {
      return fold_frame(state, frame);
    }
  }

  /// Folds the whole frames that lie from `first` up to `last`, in order.
  static void fold_frames(State& state, const std::byte* first, const std::byte* last,
                          bool chained) requires(!needs_views) {
    while (first != last) {
      const frame_view frame{first, chained};
      fold_frame(state, frame);
      first += frame.size();
    }
  }

  /// As `fold_frames`; a state of `any_event` gets the `event_view`s that `make_view(frame)` returns.
  template <class MakeView>
  static void fold_frames(State& state, const std::byte* first, const std::byte* last, bool chained,
                          MakeView&& make_view) {
    while (first != last) {
      const frame_view frame{first, chained};
      fold_frame(state, frame, make_view);
      first += frame.size();
    }
  }

  /// Folds one event; false when its kind isn't folded, and for an erased event.
  static bool fold_view(State& state, const event_view& view) {
    return fold_frame(state, view.frame(), [&view](frame_view) -> const event_view& { return view; });
  }
};

/// Folds the whole frames that lie from `first` up to `last`: see `folder`.
template <projection State>
void fold_frames(State& state, const std::byte* first, const std::byte* last, bool chained) {
  folder<State>::fold_frames(state, first, last, chained);
}

/// Folds one event: see `folder`.
template <projection State>
bool fold_view(State& state, const event_view& view) {
  return folder<State>::fold_view(state, view);
}

}  // namespace quipu::detail
