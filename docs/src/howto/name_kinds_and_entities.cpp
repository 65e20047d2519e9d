// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string_view>

// [kinds]
// One file lists categories and kinds. Events are found by the numbers, never by the C++ names.
namespace categories {
inline constexpr unsigned sales = 1;
inline constexpr unsigned stock = 2;
}  // namespace categories

struct order_placed {
  static constexpr auto kind = quipu::event_kind::custom(categories::sales, 1);
  std::int64_t cents{};
};
struct order_paid {
  static constexpr auto kind = quipu::event_kind::custom(categories::sales, 2);
  std::int64_t cents{};
};
struct pieces_counted {
  static constexpr auto kind = quipu::event_kind::custom(categories::stock, 1);
  std::uint32_t pieces{};
};

// Two events with one number would be a compile error here.
static_assert(quipu::catalogue<order_placed, order_paid, pieces_counted>::complete);
// [/kinds]

// [entities]
struct order_tag {
  static constexpr std::string_view prefix = "order";
};
using order_id = quipu::entity_id<order_tag>;  // a type: it is no customer's id
// [/entities]

int main() {
  auto store = quipu::in_memory_store();
  // [append]
  const auto order = order_id::from_name("2026/17");  // or order_id::generate()
  store.append({order.str(), "shop:zurich"}, order_placed{300});
  store.append({order.str(), "shop:basel"}, order_paid{300});
  store.append({"shelf:candles", "shop:basel"}, pieces_counted{12});

  using quipu::region;
  std::cout << order << "\n"
            << store.count(region::entity_prefix("order:")) << " events of orders\n"
            << store.count(region::scope("shop:basel")) << " events in Basel\n"
            << store.count(region::all().with_category(categories::sales))
            << " events of sales\n";
  // [/append]
  // [refused]
  try {
    store.append({"order:", ""}, order_placed{300});
  } catch (const quipu::error& refused) {
    std::cout << refused.what() << '\n';
  }
  // [/refused]
}
