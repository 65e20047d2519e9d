// SPDX-License-Identifier: BSL-1.0
//
// As a foreign event, as one choice of a variant.
// expect: fold_was_given_another_type_of_a_kind_that_the_projection_lists<account, credited, deposited>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

#include <variant>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};
struct credited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t euros{};
};

#ifdef ACCEPT
using choice = std::variant<deposited>;
#else
using choice = std::variant<deposited, credited>;
#endif
static_assert(quipu::fold<account>(choice{deposited{5}}).cents == 5);

int main() {}
