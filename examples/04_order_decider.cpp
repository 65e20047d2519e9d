// SPDX-License-Identifier: BSL-1.0
//
// 04_order_decider: what happens to an order is decided by a function of its state and a command. The function is
// specified by examples that the compiler runs, and a store executes commands with it. What it prints is in
// 04_order_decider.output.
#include <quipu.hpp>

#include <array>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string_view>

struct placed {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::int64_t cents{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
  std::int64_t cents{};
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
};

struct place {
  std::int64_t cents{};
};
struct pay {
  std::int64_t cents{};
};

struct order {
  using events = quipu::event_list<placed, paid, shipped>;
  using event = quipu::events_for<order>;
  bool is_placed{};
  bool is_shipped{};
  std::int64_t owed_cents{};

  constexpr void apply(const placed& happened) {
    is_placed = true;
    owed_cents = happened.cents;
  }
  constexpr void apply(const paid& happened) { owed_cents -= happened.cents; }
  constexpr void apply(const shipped&) { is_shipped = true; }

  static constexpr quipu::outcome<placed> decide(const order& now, const place& command) {
    if (now.is_placed) return quipu::outcome_error{quipu::error_kind::conflict, "the order was placed before"};
    return placed{command.cents};
  }
  /// The payment that leaves nothing owed also ships.
  static constexpr quipu::outcome<std::array<std::optional<event>, 2>> decide(const order& now, const pay& command) {
    if (!now.is_placed) return quipu::outcome_error{quipu::error_kind::not_found, "there is no such order"};
    if (command.cents > now.owed_cents)
      return quipu::outcome_error{quipu::error_kind::validation, "that is more than is owed"};
    if (command.cents < now.owed_cents) return std::array<std::optional<event>, 2>{paid{command.cents}};
    return std::array<std::optional<event>, 2>{paid{command.cents}, shipped{}};
  }
};

// The specification. It has held before the program can run.
static_assert(quipu::given<order>().when(place{300}).then(placed{300}));
static_assert(quipu::given<order>(placed{300}).when(place{300}).then_error(quipu::error_kind::conflict));
static_assert(quipu::given<order>(placed{300}).when(pay{100}).then(paid{100}));
static_assert(quipu::given<order>(placed{300}, paid{100}).when(pay{200}).then(paid{200}, shipped{}));
static_assert(quipu::given<order>(placed{300}, paid{100}).when(pay{300}).then_error(quipu::error_kind::validation));
static_assert(quipu::given<order>().when(pay{1}).then_error(quipu::error_kind::not_found));
static_assert(quipu::catalogue<placed, paid, shipped>::handled_by<order>);

struct order_tag {
  static constexpr std::string_view prefix = "order";
};
using order_id = quipu::entity_id<order_tag>;

int main() {
  auto store = quipu::in_memory_store();
  const quipu::coordinate where{order_id::from_name("2024/17").str(), "shop"};
  std::cout << where.entity() << '\n';

  const auto show = [](std::string_view command, const auto& done) {
    std::cout << command << ": ";
    if (done.is_ok())
      std::cout << done.value().size() << " event(s)\n";
    else
      std::cout << done.error().kind.str() << ", " << done.error().message << '\n';
  };
  show("pay 100", store.execute<order>(where, pay{100}));
  show("place 300", store.execute<order>(where, place{300}));
  show("pay 100", store.execute<order>(where, pay{100}));
  show("pay 300", store.execute<order>(where, pay{300}));
  show("pay 200", store.execute<order>(where, pay{200}));
  const std::optional<order> now = store.project<order>(where.entity());
  std::cout << (now && now->is_shipped ? "shipped\n" : "not shipped\n");

  // At run time, a specification that doesn't hold says what happened instead.
  std::cout << quipu::given<order>(placed{300}).when(pay{300}).then(paid{300}).message();
}
