// SPDX-License-Identifier: BSL-1.0
//
// A proposal that is committed without having passed the gates.
// expect: commit_needs_a_permit_that_evaluate_gives_or_a_bypass_with_a_reason<withdrawn>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/pipeline.hpp>
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
  const quipu::pipeline checked{quipu::gate_set{limit_gate{}}};
  const auto spend = [](withdrawn) {};
#ifdef ACCEPT
  checked.commit(checked.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit(), spend);
#else
  checked.commit(quipu::proposal{withdrawn{1}}, spend);
#endif
}
