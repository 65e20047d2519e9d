// SPDX-License-Identifier: BSL-1.0
//
// projection_names.hpp: what the two files of projection_names_test.cpp know of each other.
#pragma once

#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <cstdint>
#include <string_view>

namespace store_tests {

/// Projects the other file's `{anonymous}::sum_of_all`, which is twice the sum.
std::int64_t project_the_other_sum(quipu::store& store, std::string_view entity);

}  // namespace store_tests
