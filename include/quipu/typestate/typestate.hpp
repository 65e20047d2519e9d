// SPDX-License-Identifier: BSL-1.0
//
// typestate.hpp: an object whose type contains its state, so that an illegal event does not compile:
//   const auto shut = quipu::typestate<door, is_open>{}.fire(store, where, door_closed{});  // typestate<door,
//   is_closed> shut.fire(store, where, door_locked{}); shut.fire(store, where, door_closed{});  // one error:
//                                            // this_event_is_illegal_in_this_state<is_closed, door_closed, ...>
//
// The state is the knowledge of this object, not of the log: another process may have appended since. Set
// `append_options.expected` to detect that, and use `machine_projection` if the state is only known at run time.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../outcome/outcome.hpp"
#include "state_machine.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace quipu {

struct append_options;  // defined by the journal, and by any header with a store

/// Not defined: their names are the compiler's error messages.
template <class... Events>
struct legal_events_are;
template <class State, class Event, class Legal>
struct this_event_is_illegal_in_this_state;
template <class Machine, class State>
struct this_state_is_none_of_the_machine;

namespace detail {

template <class Events>
struct say_legal_events;
template <class... Events>
struct say_legal_events<event_list<Events...>> {
  using type = legal_events_are<Events...>;
};

template <class Machine, class State, class Event>
using illegal_event =
    this_event_is_illegal_in_this_state<State, Event, typename say_legal_events<legal_events<Machine, State>>::type>;

/// `value` is true, or the program has one error.
template <class Machine, class State>
using checked_state = std::conditional_t<Machine::template has_state<State>, std::true_type,
                                         this_state_is_none_of_the_machine<Machine, State>>;

template <class Data, class Event>
concept applies_event = requires(Data& data, const Event& event) {
  data.apply(event);
};

}  // namespace detail

/// The state `State` of `Machine`, with `Data` that moves from state to state. If the data has `apply(const Event&)`,
/// each fired event is applied to it. Not thread-safe.
template <class Machine, class State, class Data = none>
class typestate {
  static_assert(detail::checked_state<Machine, State>::value);

 public:
  using machine = Machine;
  using state = State;

  constexpr typestate() requires std::default_initializable<Data> : data_{} {}
  constexpr explicit typestate(Data data) : data_(std::move(data)) {}

  [[nodiscard]] constexpr const Data& data() const& noexcept { return data_; }
  [[nodiscard]] constexpr Data&& data() && noexcept { return std::move(data_); }

  /// Returns the name of the state.
  [[nodiscard]] static consteval std::string_view name() { return state_name<State>(); }
  /// Returns whether an event is legal in this state.
  template <class Event>
  [[nodiscard]] static consteval bool can_fire() {
    return quipu::can_fire<Machine, State, Event>;
  }
  /// Returns whether no event is legal in this state.
  [[nodiscard]] static consteval bool is_final() { return legal_moves<Machine, State>::size == 0; }

  /// Returns the typestate after a legal event, without a store.
  template <class Event>
  [[nodiscard]] constexpr auto after(const Event& event) const& {
    return typestate{*this}.move_by(event);
  }
  template <class Event>
  [[nodiscard]] constexpr auto after(const Event& event) && {
    return std::move(*this).move_by(event);
  }

  /// Appends a legal event and returns the typestate after it. Throws as the store's `append` does; this object is then
  /// unchanged. The options determine the durability.
  template <class Store, class Event, class Options = append_options>
  auto fire(Store& store, const coordinate& where, const Event& event, const Options& options = {}) const& {
    return typestate{*this}.append_and_move(store, where, event, options);
  }
  template <class Store, class Event, class Options = append_options>
  auto fire(Store& store, const coordinate& where, const Event& event, const Options& options = {}) && {
    return append_and_move(store, where, event, options);
  }

 private:
  /// An illegal event must cause only one error, so this returns the current state for it.
  template <class Event>
  constexpr auto move_by(const Event& event) && {
    if constexpr (quipu::can_fire<Machine, State, Event>) {
      if constexpr (detail::applies_event<Data, Event>) data_.apply(event);
      return typestate<Machine, next_state<Machine, State, Event>, Data>{std::move(data_)};
    } else {
      static_cast<void>(event);
      static_cast<void>(sizeof(detail::illegal_event<Machine, State, Event>));
      return typestate{std::move(data_)};
    }
  }

  template <class Store, class Event, class Options>
  auto append_and_move(Store& store, const coordinate& where, const Event& event, const Options& options) {
    if constexpr (quipu::can_fire<Machine, State, Event>) store.append(where, event, options);
    return std::move(*this).move_by(event);
  }

  Data data_;
};

}  // namespace quipu
