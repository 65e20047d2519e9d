// SPDX-License-Identifier: BSL-1.0
//
// Event types that changed: a member that became two, an event that became two, an enumerator that
// was put in the middle.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <tuple>

// [version]
struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full;
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);  // as before
  static constexpr std::uint16_t version = 2;                    // one more
  using previous = named_v1;
  static constexpr named upcast(const named_v1& old) {
    const auto space = old.full.find(' ');
    if (space == std::string::npos) return {old.full, ""};
    return {old.full.substr(0, space), old.full.substr(space + 1)};
  }
  std::string first, last;
};
// [/version]

struct moved {
  static constexpr auto kind = quipu::event_kind::custom(3, 3);
  std::uint32_t room{};
};
struct moved_and_named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  std::uint32_t room{};
  std::string name;
};
// [retired]
struct moved_and_named {  // version 1 had both in one event
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = moved_and_named_v1;
  static constexpr std::tuple<moved, named> upcast(const moved_and_named_v1& old) {
    return {{old.room}, {old.name, ""}};
  }
};
struct person {
  using events = quipu::event_list<moved, named, moved_and_named>;  // which stored events are read
  std::uint32_t room{};
  std::string first;
  constexpr void apply(const moved& event) { room = event.room; }
  constexpr void apply(const named& event) { first = event.first; }
};
// [/retired]

// [enumerators]
namespace v1 {
enum class state { open, paid, shipped };
struct state_changed {
  static constexpr auto kind = quipu::event_kind::custom(3, 4);
  state to{};
};
}  // namespace v1

enum class state { open, cancelled, paid, shipped };
struct state_changed {
  static constexpr auto kind = quipu::event_kind::custom(3, 4);
  static constexpr std::uint16_t version = 2;
  using previous = v1::state_changed;
  static constexpr state_changed upcast(const v1::state_changed& old) {
    switch (old.to) {
      case v1::state::paid:
        return {state::paid};
      case v1::state::shipped:
        return {state::shipped};
      default:
        return {state::open};
    }
  }
  state to{};
};
// [/enumerators]

// [test]
struct order {
  using events = quipu::event_list<state_changed>;
  state now{};
  constexpr void apply(const state_changed& event) { now = event.to; }
};
static_assert(quipu::fold<order>(v1::state_changed{v1::state::paid}).now == state::paid);
// [/test]

int main() {
  {  // An older program.
    quipu::store store{quipu::config{.directory = "people"}};
    store.append({"person:1", "office"}, named_v1{"Ada Lovelace"});
    store.append({"person:2", "office"}, moved_and_named_v1{7, "Bob"});
    store.append({"order:1", "shop"}, v1::state_changed{v1::state::paid});
  }
  quipu::store store{quipu::config{.directory = "people"}};
  for (const quipu::event_view& event : store.query(quipu::region::all())) {
    if (const auto name = event.try_as<named>()) std::cout << "named " << name->first << '\n';
    if (const auto change = event.try_as<state_changed>())
      std::cout << "an order became "
                << (change->to == state::paid ? "paid\n" : "something else\n");
  }
  if (const auto bob = store.project<person>("person:2"))
    std::cout << bob->first << " is in room " << bob->room << '\n';
  // [region]
  const auto moves = quipu::region::all().with_events<moved>();
  try {
    std::cout << store.project<person>(moves).room;
  } catch (const quipu::error& refused) {
    std::cout << refused.what() << '\n';
  }
  const auto all_moves = quipu::region::all().with_events<moved, moved_and_named>();
  std::cout << "the last move was to room " << store.project<person>(all_moves).room << '\n';
  // [/region]
}
