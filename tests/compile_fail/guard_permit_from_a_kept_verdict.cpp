// SPDX-License-Identifier: BSL-1.0
//
// A verdict's permit, taken without giving up the verdict.
// expect: judged\.permit\(\)
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

int main() {
  auto judged = quipu::gate_set{limit_gate{}}.evaluate(teller{1}, quipu::proposal{withdrawn{1}});
#ifdef ACCEPT
  const auto given = std::move(judged).permit();
#else
  const auto given = judged.permit();
#endif
  return given.payload().cents - 1;
}
