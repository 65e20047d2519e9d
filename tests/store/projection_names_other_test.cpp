// SPDX-License-Identifier: BSL-1.0
//
// projection_names_other_test.cpp: a projection that only this file knows, and that is called as one of
// projection_names_test.cpp.
#include "projection_names.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string_view>

namespace {

struct sum_of_all {
  using events = quipu::event_list<store_tests::deposited>;
  std::int64_t value{};
  void apply(const store_tests::deposited& event) { value += 2 * event.cents; }
};

}  // namespace

namespace store_tests {

std::int64_t project_the_other_sum(quipu::store& store, std::string_view entity) {
  return store.project<sum_of_all>(entity)->value;
}

}  // namespace store_tests

TEST_CASE("a projection in an unnamed namespace is cached as any other", "[store][project][cache]") {
  const quipu::memory_cache cache{1 << 20};
  auto store = quipu::in_memory_store({}, cache);
  store.append({"a", "s"}, store_tests::deposited{21});
  CHECK(store_tests::project_the_other_sum(store, "a") == 42);
  CHECK(store_tests::project_the_other_sum(store, "a") == 42);
  CHECK(cache.stats().hits == 1);
}
