// SPDX-License-Identifier: BSL-1.0
//
// A pipeline that is made of a gate in place of a set of gates.
// expect: a pipeline is made of a quipu::gate_set
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/pipeline.hpp>
#endif

#include <optional>

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
const quipu::pipeline<quipu::gate_set<limit_gate>> checked{quipu::gate_set{limit_gate{}}};
#else
const quipu::pipeline<limit_gate> checked{limit_gate{}};
#endif

int main() { static_cast<void>(checked.gates()); }
