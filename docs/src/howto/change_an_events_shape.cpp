// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

// [types]
namespace v1 {
struct paid {  // as it was: never changed, never removed
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  double euros{};
};
}  // namespace v1

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);  // as before
  static constexpr std::uint16_t version = 2;                    // one more
  using previous = v1::paid;
  static constexpr paid upcast(const v1::paid& older) {
    return {static_cast<std::int64_t>(older.euros * 100 + 0.5), "EUR"};
  }
  std::int64_t cents{};
  std::string currency{};
};
// [/types]

// [state]
struct account {
  using events = quipu::event_list<paid>;
  std::int64_t cents{};
  void apply(const paid& event) { cents += event.cents; }  // sees version 2 only
};
// [/state]

// [forgotten]
namespace forgotten {
struct paid {  // another shape, and the version wasn't raised
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  static constexpr std::uint16_t version = 2;
  std::int64_t cents{};
};
}  // namespace forgotten
// [/forgotten]

int main() {
  auto store = quipu::in_memory_store();
  store.append({"account:alice", "web"}, v1::paid{12.34});  // by last year's program

  // [read]
  store.append({"account:alice", "web"}, paid{500, "EUR"});
  for (const quipu::event_view& event : store.stream("account:alice"))
    std::cout << "stored as version " << event.schema_version() << ", read as "
              << event.as<paid>().cents << ' ' << event.as<paid>().currency << '\n';
  std::cout << store.project<account>("account:alice").value().cents << '\n';
  // [/read]

  // [drift]
  try {
    store.append({"account:alice", "web"}, forgotten::paid{100});
  } catch (const quipu::error& refused) {
    std::cout << refused.what() << '\n';
  }
  // [/drift]
}
