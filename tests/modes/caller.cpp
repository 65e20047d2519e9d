// SPDX-License-Identifier: BSL-1.0
//
// caller.cpp: calls callee.cpp. In compiled mode the two are a program. In header-only mode they must not link.
#include <quipu.hpp>

#include "callee.hpp"

int main() {
  quipu::store store = quipu::in_memory_store();
  return modes_tests::deposit_twice(store) ? 0 : 1;
}
