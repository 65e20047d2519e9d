// SPDX-License-Identifier: BSL-1.0
//
// The fingerprint of a type whose size depends on the platform.
// expect: a_number_of_this_type_differs_between_platforms_use_std_int64_t_or_another_fixed_width_type<deposited, long double>
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/fingerprint.hpp>
#endif

struct deposited {
#ifdef ACCEPT
  double amount{};
#else
  long double amount{};
#endif
};

static_assert(quipu::fingerprint<deposited>() != 0);

int main() {}
