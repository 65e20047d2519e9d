// SPDX-License-Identifier: BSL-1.0
//
// type_search_test.cpp: searching and picking types of a list, at compile time.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/type_search.hpp>
#endif

#include <catch2/catch.hpp>

#include <type_traits>

using namespace quipu::detail;

static_assert(first_true({}) == 0);
static_assert(first_true({false, false}) == 2);
static_assert(first_true({false, true, true}) == 1);
static_assert(true_places<0>{{}}.count == 0);
static_assert(true_places<4>{{false, true, false, true}}.count == 2);
static_assert(true_places<4>{{false, true, false, true}}.place[0] == 1);
static_assert(true_places<4>{{false, true, false, true}}.place[1] == 3);
// Types that can't be values are picked like others, and a type may occur twice.
static_assert(std::is_same_v<type_at<0, int&, void, int&>, int&>);
static_assert(std::is_same_v<type_at<1, int&, void, int&>, void>);
static_assert(std::is_same_v<type_at<2, int&, void, const char>, const char>);

TEST_CASE("types are searched at compile time", "[types]") { SUCCEED(); }
