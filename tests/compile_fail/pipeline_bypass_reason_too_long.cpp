// SPDX-License-Identifier: BSL-1.0
//
// A reason that doesn't fit into an event.
// expect: a reason to bypass the gates is at most 1,024 bytes long
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/bypass.hpp>
#endif

struct withdrawn {
  int cents{};
};
#ifdef ACCEPT
inline constexpr std::array<char, 1000> words{};
#else
inline constexpr std::array<char, 1020> words{};
#endif
struct migration {
  static constexpr std::string_view name = "migration";
  static constexpr std::string_view justification{words.data(), words.size()};
};

int main() { return quipu::bypass(quipu::proposal{withdrawn{1}}, migration{}).payload().cents - 1; }
