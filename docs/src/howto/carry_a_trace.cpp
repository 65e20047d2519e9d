// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string what{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  // [append]
  const auto order = store.append(
      {"order:1", "web"}, ordered{"12 candles"},
      {.metadata = {{"traceparent",
                     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                    {"user", "u7"}}});
  // [/append]

  // [copy]
  const auto payment =
      store.append_reaction({"order:1", "web"}, paid{2400}, order,
                            {.metadata = {{"user", "cashier"}}, .copy_metadata = true});
  // [/copy]

  // [read]
  const quipu::event_view event = store.get(payment.id);
  std::cout << "trace: " << event.metadata("traceparent").value_or("none") << '\n';
  for (const auto& [key, value] : event.metadata())
    std::cout << key << " = " << value << '\n';
  // [/read]
}
