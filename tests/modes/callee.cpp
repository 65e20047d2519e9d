// SPDX-License-Identifier: BSL-1.0
//
// callee.cpp: a function with a store in its signature. It is always built in compiled mode.
#include <quipu.hpp>

#include "callee.hpp"
#include "use_store.hpp"

namespace modes_tests {

bool deposit_twice(quipu::store& store) { return deposit(store, 300) == 300 && deposit(store, 80) == 380; }

}  // namespace modes_tests
