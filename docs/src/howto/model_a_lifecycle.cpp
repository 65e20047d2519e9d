// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <iostream>

// [machine]
struct open {};
struct shipped {};
struct closed {};

struct parcel_shipped {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
};
struct parcel_returned {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
};
struct parcel_delivered {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
};

using lifecycle =
    quipu::state_machine<quipu::transition<open, parcel_shipped, shipped>,
                         quipu::transition<shipped, parcel_returned, open>,
                         quipu::transition<shipped, parcel_delivered, closed>>;

static_assert(!quipu::can_fire<lifecycle, open, parcel_delivered>);
// [/machine]

using parcel_state = quipu::machine_projection<lifecycle>;

int main() {
  auto store = quipu::in_memory_store();
  // [fire]
  const quipu::coordinate where{"parcel:7", "depot"};
  const auto fresh = quipu::typestate<lifecycle, open>{};
  const auto away = fresh.fire(store, where, parcel_shipped{},
                               {.expected = quipu::expected_version::no_stream()});
  // fresh.fire(store, where, parcel_delivered{});  does not compile: it isn't shipped
  std::cout << "the parcel is " << away.name() << '\n';
  // [/fire]

  // [later]
  // Later, or in another program, the state is only known at run time.
  const auto now = store.project_with_version<parcel_state>("parcel:7");
  now.state.visit([&](auto current) {
    if constexpr (current.template can_fire<parcel_delivered>())
      current.fire(store, where, parcel_delivered{}, {.expected = now.version()});
    else
      std::cout << "it can't be delivered while it is " << current.name() << '\n';
  });
  std::cout << "the parcel is "
            << store.project<parcel_state>("parcel:7").value().name() << '\n';
  // [/later]

  // [broken]
  store.append(where, parcel_shipped{});  // without the types anything can be written
  try {
    static_cast<void>(store.project<parcel_state>("parcel:7"));
  } catch (const quipu::error& broken) {
    std::cout << quipu::name_of(broken.code()) << " at event "
              << broken.actual().value() << " of the parcel\n";
  }
  // [/broken]
}
