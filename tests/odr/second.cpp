// SPDX-License-Identifier: BSL-1.0
//
// second.cpp: the second file that includes everything, here before anything else.
#include <quipu.hpp>

#include <quipu.hpp>  // a second time, on purpose

#include "identity_here.hpp"

namespace odr_tests {

identity seen_by_second() { return identity_here(); }

}  // namespace odr_tests
