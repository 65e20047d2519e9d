// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <tuple>

// [new]
struct moved {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::uint32_t room{};
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
  std::string name{};
};
// [/new]

// [old]
struct moved_and_named_v1 {  // both in one event, as it was
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::uint32_t room{};
  std::string name{};
};
struct moved_and_named {  // retired: what is stored is read as two others
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  static constexpr std::uint16_t version = 2;
  using previous = moved_and_named_v1;
  static std::tuple<moved, named> upcast(const moved_and_named_v1& older) {
    return {{older.room}, {older.name}};
  }
};

struct coffee_drunk_v1 {
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
};
struct coffee_drunk {  // retired without a successor: read as nothing
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
  static constexpr std::uint16_t version = 2;
  using previous = coffee_drunk_v1;
  static std::tuple<> upcast(const coffee_drunk_v1&) { return {}; }
};
// [/old]

// [state]
struct person {
  using events = quipu::event_list<moved, named, moved_and_named, coffee_drunk>;
  std::uint32_t room{};
  std::string name{};
  void apply(const moved& event) { room = event.room; }
  void apply(const named& event) { name = event.name; }
};
// A projection that lists `moved` and not `moved_and_named` is a compile error here.
static_assert(
    quipu::catalogue<moved, named, moved_and_named, coffee_drunk>::handled_by<person>);
// [/state]

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate ada{"person:ada", "office"};
  store.append(ada, moved_and_named_v1{4, "Ada"});  // by last year's program
  store.append(ada, coffee_drunk_v1{});

  // [read]
  store.append(ada, moved{7});
  const auto now = store.project<person>("person:ada").value();
  std::cout << now.name << " is in room " << now.room << '\n';

  for (const quipu::event_view& event : store.stream("person:ada")) {
    std::cout << "event " << event.sequence() << ':';
    const bool read = event.visit(person::events{}, [](const auto& happened) {
      if constexpr (requires { happened.room; })
        std::cout << " moved to " << happened.room;
      else
        std::cout << " named " << happened.name;
    });
    std::cout << (read ? "\n" : " nothing\n");
  }
  // [/read]
}
