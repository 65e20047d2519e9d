// SPDX-License-Identifier: BSL-1.0
//
// An outcome that would hold a reference.
// expect: outcome<T&>: hold a pointer instead
// max-errors: 9
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome.hpp>
#endif

int balance = 5;
#ifdef ACCEPT
using found = quipu::outcome<int*>;
found find() { return &balance; }
#else
using found = quipu::outcome<int&>;
found find() { return balance; }
#endif

int main() { static_cast<void>(find()); }
