// SPDX-License-Identifier: BSL-1.0
//
// A permit to be spent twice.
// expect: permit(<withdrawn>|.*Payload = withdrawn)
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/gate_set.hpp>
#endif

struct teller {
  int limit{};
};
struct withdrawn {
  int cents{};
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& t, const withdrawn& w) const {
    if (w.cents > t.limit) return quipu::denial{name, "over the limit"};
    return std::nullopt;
  }
};

int main() {
  auto given = quipu::gate_set{limit_gate{}}.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit();
#ifdef ACCEPT
  const auto again = std::move(given);
#else
  const auto again = given;
#endif
  return again.payload().cents - 1;
}
