// SPDX-License-Identifier: BSL-1.0
//
// A permit that would still be there after it was spent.
// expect: commit_takes_its_permit_or_bypass_by_std_move_because_it_is_spent<(quipu::)?permit<withdrawn> ?>
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
  auto given = checked.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit();
#ifdef ACCEPT
  checked.commit(std::move(given), spend);
#else
  checked.commit(given, spend);
#endif
}
