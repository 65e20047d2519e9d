// SPDX-License-Identifier: BSL-1.0
//
// A permit comes from the gates alone, and is spent once. Try the marked lines: neither a copy nor a forgery compiles.
#include <optional>
#include <quipu_model.hpp>
#include <string_view>
#include <utility>

struct teller {
  int limit{};
};
struct withdrawal {
  int cents{};
};

struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& who, const withdrawal& wish) const {
    if (wish.cents <= who.limit) return std::nullopt;
    return quipu::denial{name, "over the teller's limit"};
  }
};

int main() {
  const quipu::gate_set gates{limit_gate{}};
  auto permit = gates.evaluate(teller{100}, quipu::proposal{withdrawal{30}}).permit();
  // try: const auto copied = permit;
  // try: const quipu::permit<withdrawal> forged{withdrawal{1'000'000}, &gates};
  const auto spent = std::move(permit);
  return spent.payload().cents == 30 ? 0 : 1;
}
