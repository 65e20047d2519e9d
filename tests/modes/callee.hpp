// SPDX-License-Identifier: BSL-1.0
//
// callee.hpp: declares the function of callee.cpp. quipu.hpp has to be included before.
#pragma once

namespace modes_tests {

bool deposit_twice(quipu::store& store);

}  // namespace modes_tests
