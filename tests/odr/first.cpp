// SPDX-License-Identifier: BSL-1.0
//
// first.cpp: includes everything, as second.cpp and hostile.cpp do, and compares what the three see. That they link
// shows that nothing is defined twice; that they see the same shows that nothing is defined once per file.
#include <cstdio>

#include <quipu.hpp>

#include <quipu.hpp>  // a second time, on purpose

#include "identity_here.hpp"

int main() {
  const odr_tests::identity here = odr_tests::identity_here();
  if (here == odr_tests::seen_by_second() && here == odr_tests::seen_by_hostile()) return 0;
  std::puts("two files of one program see different definitions of the library");
  return 1;
}
