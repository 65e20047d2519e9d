// SPDX-License-Identifier: BSL-1.0
//
// A way round the gates without a name.
// expect: a reason to bypass the gates has a name: static constexpr std::string_view name
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/bypass.hpp>
#endif

struct withdrawn {
  int cents{};
};
struct migration {
  static constexpr std::string_view justification = "opening balances";
#ifdef ACCEPT
  static constexpr std::string_view name = "migration";
#endif
};

int main() { return quipu::bypass(quipu::proposal{withdrawn{1}}, migration{}).payload().cents - 1; }
