// SPDX-License-Identifier: BSL-1.0
//
// precompiled.cpp: a program of one file that compiles the engine itself, after a precompiled header has declared
// everything already.
#define QUIPU_IMPLEMENTATION
#include <quipu.hpp>

#include "use_store.hpp"

int main() {
  quipu::store store = quipu::in_memory_store();
  return modes_tests::deposit(store, 380) == 380 ? 0 : 1;
}
