// SPDX-License-Identifier: BSL-1.0
//
// A permit that no gate gave.
// expect: permit<withdrawn>
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
  const quipu::gate_set gates{limit_gate{}};
#ifdef ACCEPT
  const auto given = gates.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit();
#else
  const quipu::permit<withdrawn> given{withdrawn{1}, &gates};
#endif
  return given.payload().cents - 1;
}
