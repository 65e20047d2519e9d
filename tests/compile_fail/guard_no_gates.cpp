// SPDX-License-Identifier: BSL-1.0
//
// A gate set that asks nobody.
// expect: a gate_set without a gate would let everything pass; use quipu::bypass, which needs a reason
// max-errors: 2
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

#ifdef ACCEPT
quipu::gate_set<limit_gate> gates{limit_gate{}};
#else
quipu::gate_set<> gates{};
#endif

int main() {}
