// SPDX-License-Identifier: BSL-1.0
//
// A permit that is committed to a function that doesn't take what was let pass.
// expect: commit_calls_its_function_with_what_was_let_pass<
// max-errors: 1
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

int main() {
  const quipu::pipeline checked{quipu::gate_set{limit_gate{}}};
#ifdef ACCEPT
  checked.commit(checked.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit(), [](withdrawn) {});
#else
  checked.commit(checked.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit(), [] {});
#endif
}
