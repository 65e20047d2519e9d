// SPDX-License-Identifier: BSL-1.0
//
// A gate whose denials couldn't be told from another's.
// expect: every gate needs a name: static constexpr std::string_view name
// expect: limit_gate
// max-errors: 3
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
#ifdef ACCEPT
  static constexpr std::string_view name = "limit";
#endif
  std::optional<quipu::denial> operator()(const teller& t, const withdrawn& w) const {
    if (w.cents > t.limit) return quipu::denial{"limit", "over the limit"};
    return std::nullopt;
  }
};

int main() {
  const quipu::gate_set<limit_gate> gates{limit_gate{}};
  return gates.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).allowed() ? 0 : 1;
}
