// SPDX-License-Identifier: BSL-1.0
//
// An outcome whose value is const.
// expect: outcome<const T>: make the outcome const instead
// max-errors: 9
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome.hpp>
#endif

#ifdef ACCEPT
const quipu::outcome<int> balance = 5;
#else
quipu::outcome<const int> balance = 5;
#endif

int main() { return balance.is_ok() ? 0 : 1; }
