// SPDX-License-Identifier: BSL-1.0
//
// A name that is not known while compiling.
// expect: the_name_of_a_projection_must_be_a_static_constexpr_text_that_is_not_empty<account>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

#include <string>
#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
#ifdef ACCEPT
  static constexpr std::string_view name = "account";
#else
  static inline std::string name = "account";
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
