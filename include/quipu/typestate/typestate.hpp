// SPDX-License-Identifier: BSL-1.0
//
// typestate.hpp: an object whose type says which state it is in, so that what isn't legal there doesn't compile:
//   const auto shut = quipu::typestate<door, is_open>{}.fire(store, where, door_closed{});   // a typestate<door,
//   is_closed> shut.fire(store, where, door_locked{}); shut.fire(store, where, door_closed{});   // one error:
//   this_event_is_illegal_in_this_state<is_closed, door_closed, legal_events_are<...>>
//
// It is what this code knows, not what the log says: another process may have moved on. Give `append_options.expected`
// to be refused then, and start from `machine_projection` where the state is only known at run time.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../outcome/outcome.hpp"
#include "state_machine.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace quipu {

struct append_options;  // of the journal: whoever has a store has it

/// Never defined: their names are what the compiler says.
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

/// `value` is true, or one error.
template <class Machine, class State>
using checked_state = std::conditional_t<Machine::template has_state<State>, std::true_type,
                                         this_state_is_none_of_the_machine<Machine, State>>;

template <class Data, class Event>
concept applies_event = requires(Data& data, const Event& event) {
  data.apply(event);
};

}  // namespace detail

/// In `State` of `Machine`, with `Data` that goes from state to state. Where the data has an `apply(const Event&)`,
/// each event that is fired is applied to it. Not thread-safe.
template <class Machine, class State, class Data = none>
class typestate {
  static_assert(detail::checked_state<Machine, State>::value);

 public:
  using machine = Machine;
  using state = State;
  using data_type = Data;

  constexpr typestate() requires std::default_initializable<Data> : data_{} {}
  constexpr explicit typestate(Data data) : data_(std::move(data)) {}

  [[nodiscard]] constexpr const Data& data() const& noexcept { return data_; }
  [[nodiscard]] constexpr Data&& data() && noexcept { return std::move(data_); }

  /// What the state is called.
  [[nodiscard]] static consteval std::string_view name() { return state_name<State>(); }
  /// Whether an event is legal here.
  template <class Event>
  [[nodiscard]] static consteval bool can_fire() {
    return quipu::can_fire<Machine, State, Event>;
  }
  /// Whether no event is.
  [[nodiscard]] static consteval bool is_final() { return legal_moves<Machine, State>::size == 0; }

  /// The typestate behind a legal event, without a store.
  template <class Event>
  [[nodiscard]] constexpr auto after(const Event& event) const& {
    return typestate{*this}.move_by(event);
  }
  template <class Event>
  [[nodiscard]] constexpr auto after(const Event& event) && {
    return std::move(*this).move_by(event);
  }

  /// Appends a legal event and returns the typestate behind it. Throws what the store's `append` throws; this one is
  /// then as it was. As durable as the options say, which are the store's own.
  template <class Store, class Event, class Options = append_options>
  auto fire(Store& store, const coordinate& where, const Event& event, const Options& options = {}) const& {
    return typestate{*this}.append_and_move(store, where, event, options);
  }
  template <class Store, class Event, class Options = append_options>
  auto fire(Store& store, const coordinate& where, const Event& event, const Options& options = {}) && {
    return append_and_move(store, where, event, options);
  }

 private:
  /// An illegal event is one error: it leads to where we are, so that nothing else is said.
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
