// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct received {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string from{};
  std::int64_t cents{};
};
struct sent {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string to{};
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<received, sent>;
  std::int64_t cents{};
  void apply(const received& event) { cents += event.cents; }
  void apply(const sent& event) { cents -= event.cents; }
};

// [transfer]
bool transfer(quipu::store& store, const std::string& from, const std::string& to,
              std::int64_t cents) {
  const auto now = store.project_with_version<account>(from);
  if (now.state.cents < cents) return false;

  quipu::batch both;
  const auto out =
      both.add({from, "bank"}, sent{to, cents}, {.expected = now.version()});
  both.add_reaction({to, "bank"}, received{from, cents}, out);  // names its cause
  store.append(both);  // all of it or nothing, also after a crash
  return true;
}
// [/transfer]

int main() {
  auto store = quipu::in_memory_store();
  store.append({"alice", "bank"}, received{"cash", 500});
  const auto cents_of = [&store](const char* who) {
    const auto state = store.project<account>(who);
    return state ? state->cents : 0;
  };
  const auto show = [&cents_of] {
    std::cout << "alice has " << cents_of("alice") << ", bob has " << cents_of("bob")
              << '\n';
  };

  std::cout << std::boolalpha << transfer(store, "alice", "bob", 120) << ' '
            << transfer(store, "alice", "bob", 900) << '\n';
  show();

  // [refused]
  quipu::batch late;
  late.add({"bob", "bank"}, received{"alice", 100});
  late.add({"alice", "bank"}, sent{"bob", 100},
           {.expected = quipu::expected_version::exactly(0)});
  try {
    store.append(late);
  } catch (const quipu::conflict_error& conflict) {
    std::cout << conflict.entity() << " has changed: nothing was appended\n";
  }
  // [/refused]
  show();
}
