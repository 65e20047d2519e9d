// SPDX-License-Identifier: BSL-1.0
//
// A gate that judges other proposals than the one at hand.
// expect: a_gate_must_accept_the_context_and_what_is_proposed<limit_gate, .*teller.*, deposited>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/gate_set.hpp>
#endif

#include <tuple>

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

struct deposited {
  int cents{};
};

int main() {
#ifdef ACCEPT
  const withdrawn wish{1};
#else
  const deposited wish{1};
#endif
  return quipu::gate_set{limit_gate{}}.evaluate(std::tuple{teller{1}}, quipu::proposal{wish}).allowed() ? 0 : 1;
}
