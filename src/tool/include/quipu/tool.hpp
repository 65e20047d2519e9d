// SPDX-License-Identifier: BSL-1.0
//
// tool.hpp: the `quipu` command for a program's own types. The program
//
//   int main(int argc, char** argv) { return quipu::tool::run<account, order, door>(argc, argv); }
//
// is the command `quipu`, with the names of event types in place of their kinds, and with the commands `state` and
// `history`, which show what those states are. Types are projections and state machines; the latter are drawn by
// `report`. docs/command-line.md describes the commands. Link `quipu::tool`.
#pragma once

#include <quipu.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::tool {

/// A state under construction, without its type. Not thread-safe.
class folded_state {
 public:
  folded_state() = default;
  folded_state(const folded_state&) = delete;
  folded_state& operator=(const folded_state&) = delete;
  virtual ~folded_state() = default;

  /// Applies an event. Returns false if the state does not fold events of its kind. Throws as `event_view::as` does.
  virtual bool apply(const event_view& event) = 0;
  /// The state as JSON; nothing if its type has no encoding.
  [[nodiscard]] virtual std::optional<std::string> to_json() const = 0;
};

/// A type of states.
struct state_type {
  std::string name;
  std::unique_ptr<folded_state> (*begin)();
};

/// A type of events.
struct event_name {
  event_kind kind;
  std::string name;
};

/// A state machine that entities follow.
struct machine_type {
  /// A transition, as places in `states` and `events`.
  struct move {
    std::size_t from{};
    std::size_t event{};
    std::size_t to{};
  };
  std::string name{};
  std::vector<std::string> states{};
  std::vector<event_kind> events{};
  std::vector<move> moves{};
  std::size_t initial{};
};

/// What a program tells the command of its types.
struct vocabulary {
  std::vector<state_type> states;
  std::vector<event_name> events;
  std::vector<machine_type> machines;
};

/// Runs the command. Returns the exit code of the process. Throws nothing but `std::bad_alloc`. For the main thread.
int run(int argc, const char* const* argv, const vocabulary& types);

namespace detail {

template <class State>
class typed_state final : public folded_state {
 public:
  bool apply(const event_view& event) override { return quipu::detail::fold_view(state_, event); }
  [[nodiscard]] std::optional<std::string> to_json() const override {
    if constexpr (encodable<State>)
      return schema_to_json(schema_text<State>(), bytes_view{encode(state_)});
    else
      return std::nullopt;
  }

 private:
  State state_{};
};

template <class State>
std::unique_ptr<folded_state> begin_state() {
  return std::make_unique<typed_state<State>>();
}

template <class... Events>
void add_events(event_list<Events...>, vocabulary& to) {
  (to.events.push_back({kind_of<Events>, std::string{quipu::detail::type_name<Events>()}}), ...);
}
inline void add_events(any_event, vocabulary&) {}

/// A `state_machine`, or a type derived from one, which may give it a static `name`.
template <class Type>
concept machine = requires {
  typename Type::states;
  typename Type::events;
  typename Type::initial;
  typename Type::transitions;
  Type::table;
};

template <class... Events>
std::vector<event_kind> kinds_of(event_list<Events...>) {
  return {kind_of<Events>...};
}

template <class Machine, class Initial>
void add_machine(vocabulary& to) {
  machine_type made{.name = std::string{quipu::detail::type_name<Machine>()},
                    .events = kinds_of(typename Machine::events{})};
  for (const std::string_view each : quipu::detail::names_of_types<typename Machine::states>::names)
    made.states.emplace_back(each);
  for (const auto& row : Machine::table) made.moves.push_back({row.from, row.event, row.to});
  made.initial = quipu::detail::index_in<Initial, typename Machine::states>;
  to.machines.push_back(std::move(made));
}

template <class Machine, class Initial>
void add_machine_of(const machine_projection<Machine, Initial>*, vocabulary& to) {
  add_machine<Machine, Initial>(to);
}
inline void add_machine_of(const void*, vocabulary&) {}

template <class Type>
void add_type(vocabulary& to) {
  if constexpr (machine<Type>) {
    add_machine<Type, typename Type::initial>(to);
  } else {
    to.states.push_back({std::string{quipu::detail::type_name<Type>()}, &begin_state<Type>});
    add_machine_of(static_cast<const Type*>(nullptr), to);
  }
  add_events(typename Type::events{}, to);
}

}  // namespace detail

/// What the command is told of: projections and state machines.
template <class Type>
concept named_type = projection<Type> || detail::machine<Type>;

/// The names of projections, of state machines, and of their events. A name is the type's static `name`, or else its
/// name in the program. A `machine_projection` is both.
template <named_type... Types>
[[nodiscard]] vocabulary vocabulary_of() {
  vocabulary types;
  (detail::add_type<Types>(types), ...);
  return types;
}

/// Runs the command with these projections and state machines. See the top of this file.
template <named_type... Types>
int run(int argc, const char* const* argv) {
  return run(argc, argv, vocabulary_of<Types...>());
}

}  // namespace quipu::tool
