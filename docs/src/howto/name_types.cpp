// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string_view>

// [types]
namespace sales {
struct order_placed {  // the log has the name "sales::order_placed"
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct order_paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  static constexpr std::string_view name = "order paid";
  std::int64_t cents{};
};
}  // namespace sales
// [/types]

// [vendor]
namespace vendor {
struct ping {};
}  // namespace vendor

template <>
inline constexpr quipu::event_kind quipu::kind_of<vendor::ping> = quipu::event_kind::custom(2, 1);
template <>
inline constexpr std::string_view quipu::event_name_of<vendor::ping> = "ping";
// [/vendor]

// [clash]
namespace billing {  // another team, which took a number that was taken
struct invoice_sent {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
}  // namespace billing
// [/clash]

int main() {
  auto store = quipu::in_memory_store();
  // [show]
  store.append({"order:17", "shop:zurich"}, sales::order_placed{300});
  store.append({"order:17", "shop:zurich"}, sales::order_paid{300});
  store.append({"monitor", "shop:zurich"}, vendor::ping{});
  for (const auto& event : store.query(quipu::region::all()))
    std::cout << event.sequence() << ' ' << event.type_name() << '\n';
  // [/show]
  // [notice]
  store.append({"order:17", "shop:zurich"}, billing::invoice_sent{300});
  for (const quipu::shared_kind& each : store.diagnostics().shared_kinds) {
    std::cout << each.kind << ':';
    for (const auto& name : each.names) std::cout << ' ' << name;
    std::cout << '\n';
  }
  // [/notice]
}
