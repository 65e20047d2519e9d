// SPDX-License-Identifier: BSL-1.0
//
// A bypass that is committed to a function that doesn't look at the reason.
// expect: commit_of_a_bypass_calls_its_function_with_the_payload_and_the_reason<
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

struct migration {
  static constexpr std::string_view name = "migration";
  static constexpr std::string_view justification = "opening balances";
};

int main() {
  const quipu::pipeline checked{quipu::gate_set{limit_gate{}}};
#ifdef ACCEPT
  checked.commit(quipu::bypass(quipu::proposal{withdrawn{1}}, migration{}), [](withdrawn, std::string_view) {});
#else
  checked.commit(quipu::bypass(quipu::proposal{withdrawn{1}}, migration{}), [](withdrawn) {});
#endif
}
