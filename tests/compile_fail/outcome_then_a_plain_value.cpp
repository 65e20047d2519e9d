// SPDX-License-Identifier: BSL-1.0
//
// A function for `and_then` that returns no outcome.
// expect: and_then.f.: f returns an outcome; where it returns a plain value, use map.f.
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome.hpp>
#endif

int main() {
  const quipu::outcome<int> balance = 5;
#ifdef ACCEPT
  const auto doubled = balance.map([](int cents) { return cents * 2; });
#else
  const auto doubled = balance.and_then([](int cents) { return cents * 2; });
#endif
  static_cast<void>(doubled);
}
