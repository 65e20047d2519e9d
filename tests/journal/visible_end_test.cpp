// SPDX-License-Identifier: BSL-1.0
//
// visible_end_test.cpp: a durable event is visible to nobody before it is on stable storage. The environment asks the
// store in the middle of each flush.
#include "../hooked_environment.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

using namespace test_settings;

TEST_CASE("a durable event is visible only after its flush", "[journal]") {
  const auto hook = std::make_shared<disk_hook::element_type>();
  quipu::config settings{.directory = "ledger"};
  settings.environment = std::make_shared<hooked_environment>(hook);
  settings.sync.interval_ms = 0;
  quipu::store store{settings};
  std::vector<std::uint64_t> seen;
  *hook = [&](disk_step, std::string_view) { seen.push_back(store.stats().events); };
  for (std::uint64_t number = 0; number < 3; ++number) {
    store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), "text");
    CHECK(store.stats().events == number + 1);
  }
  quipu::batch events;
  for (int each = 0; each < 4; ++each)
    static_cast<void>(events.add_raw({"b", "s"}, quipu::event_kind::custom(1, 1), "text"));
  store.append(events);
  *hook = {};
  CHECK(seen == std::vector<std::uint64_t>{0, 1, 2, 3});
  CHECK(store.stats().events == 7);
}
