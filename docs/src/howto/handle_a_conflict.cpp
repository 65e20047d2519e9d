// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <optional>

// [events]
struct stocked {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::int64_t pieces{};
};
struct sold {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::int64_t pieces{};
};

// [/events]

struct sell {  // a command
  std::int64_t pieces{};
};

// [decide]
struct shelf {
  using events = quipu::event_list<stocked, sold>;
  std::int64_t pieces{};
  void apply(const stocked& event) { pieces += event.pieces; }
  void apply(const sold& event) { pieces -= event.pieces; }

  static quipu::outcome<sold> decide(const shelf& now, const sell& command) {
    if (command.pieces > now.pieces)
      return quipu::outcome_error{quipu::error_kind::validation,
                                  "there are not so many"};
    return sold{command.pieces};
  }
};
// [/decide]

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate where{"shelf:candles", "shop"};
  store.append(where, stocked{5});

  // [expect]
  const auto seen = store.project_with_version<shelf>("shelf:candles");
  std::cout << "there are " << seen.state.pieces << '\n';
  store.append(where, sold{4});  // meanwhile, another till sells

  try {
    store.append(where, sold{3}, {.expected = seen.version()});
  } catch (const quipu::conflict_error& conflict) {
    std::cout << "expected event " << conflict.expected().value()
              << " to be the last, it is " << conflict.actual().value() << '\n';
    for (const quipu::event_view& event : conflict.between())
      if (const auto sale = event.try_as<sold>())
        std::cout << "meanwhile " << sale->pieces << " were sold\n";
  }
  // [/expect]

  // [execute]
  // Project, decide, append, and again if there was a conflict: the store does it.
  for (const std::int64_t pieces : {3, 1}) {
    const auto done = store.execute<shelf>(where, sell{pieces});
    if (done.is_ok())
      std::cout << pieces << " sold\n";
    else if (done.is_error())
      std::cout << pieces << " not sold: " << done.error().message << '\n';
  }
  // [/execute]
}
