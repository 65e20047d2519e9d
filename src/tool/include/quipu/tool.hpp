// SPDX-License-Identifier: BSL-1.0
//
// tool.hpp: the `quipu` command for a program's own types. The program
//
//   int main(int argc, char** argv) { return quipu::tool::run<account, order>(argc, argv); }
//
// is the command `quipu`, with the names of event types in place of their kinds, and with the commands `state` and
// `history`, which show what those states are. docs/command-line.md describes the commands. Link `quipu::tool`.
#pragma once

#include <quipu.hpp>

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

/// What a program tells the command of its types.
struct vocabulary {
  std::vector<state_type> states;
  std::vector<event_name> events;
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

template <projection State>
void add_state(vocabulary& to) {
  to.states.push_back({std::string{quipu::detail::type_name<State>()}, &begin_state<State>});
  add_events(typename State::events{}, to);
}

}  // namespace detail

/// The names of projections and of the events that they fold. A name is the type's static `name`, or else its name in
/// the program.
template <projection... States>
[[nodiscard]] vocabulary vocabulary_of() {
  vocabulary types;
  (detail::add_state<States>(types), ...);
  return types;
}

/// Runs the command with these projections. See the top of this file.
template <projection... States>
int run(int argc, const char* const* argv) {
  return run(argc, argv, vocabulary_of<States...>());
}

}  // namespace quipu::tool
