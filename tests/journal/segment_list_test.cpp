// SPDX-License-Identifier: BSL-1.0
//
// segment_list_test.cpp: a list of segments is as a vector of them, and a copy doesn't notice what is done to the list
// that it was copied from.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/segment/segment.hpp>
#include <quipu/journal/segment/segment_list.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

using quipu::detail::segment;
using quipu::detail::segment_list;

namespace {

std::shared_ptr<segment> numbered(std::uint64_t first) {
  return std::make_shared<segment>("path", first, quipu::detail::store_identity{}, quipu::detail::segment_bytes{});
}

bool is_same(const segment_list& list, const std::vector<std::shared_ptr<segment>>& model) {
  return list.size() == model.size() && list.empty() == model.empty() &&
         std::equal(list.begin(), list.end(), model.begin(), model.end()) &&
         (model.empty() || (list.front() == model.front() && list.back() == model.back()));
}

}  // namespace

TEST_CASE("a list of segments is as a vector of them, and copies don't change", "[journal][parts]") {
  segment_list list;
  std::vector<std::shared_ptr<segment>> model;
  CHECK(is_same(list, model));
  for (std::uint64_t first = 0; first < 600; ++first) {  // several blocks, and both sides of each boundary
    const segment_list before = list;
    const auto model_before = model;
    list.push_back(numbered(first));
    model.push_back(list.back());
    REQUIRE(is_same(list, model));
    REQUIRE(is_same(list.without_back(), model_before));
    const segment_list pushed = list;
    list.replace_back(numbered(first));
    REQUIRE(is_same(pushed, model));
    REQUIRE(list.back() != model.back());
    model.back() = list.back();
    REQUIRE(is_same(list, model));
    REQUIRE(is_same(before, model_before));
  }
  static_assert(std::random_access_iterator<segment_list::const_iterator>);
  for (const std::uint64_t wanted : {0U, 1U, 127U, 128U, 300U, 599U, 600U}) {
    const auto found = std::partition_point(list.begin(), list.end(),
                                            [&](const auto& each) { return each->first_sequence() < wanted; });
    CHECK(found - list.begin() == static_cast<std::ptrdiff_t>(wanted));
  }
}

TEST_CASE("beginning a segment copies few pointers, however many segments there are", "[journal][parts]") {
  segment_list list;
  for (std::uint64_t first = 0; first < 10'000; ++first) list.push_back(numbered(first));
  const auto early = list[100].use_count();
  const segment_list copy = list;
  segment_list longer = list;
  longer.push_back(numbered(10'000));
  CHECK(list[100].use_count() == early);  // the copies share the block that has it
  CHECK(longer.size() == 10'001);
}
