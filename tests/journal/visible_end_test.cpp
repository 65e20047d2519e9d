// SPDX-License-Identifier: BSL-1.0
//
// visible_end_test.cpp: a durable event is visible to nobody before it is on stable storage, where the environment asks
// the store in the middle of each flush. And where streams end while events are placed that nobody sees yet.
#include "../hooked_environment.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace test_settings;

namespace {

struct event_count {
  using events = quipu::any_event;
  int count{};
  void apply(const quipu::event_view&) { ++count; }
};

}  // namespace

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

TEST_CASE("a buffered event that was submitted during a flush is visible once its ticket was waited for", "[journal]") {
  const auto hook = std::make_shared<disk_hook::element_type>();
  quipu::config settings{.directory = "ledger"};
  settings.environment = std::make_shared<hooked_environment>(hook);
  settings.sync.interval_ms = 3'600'000;
  quipu::store store{settings};
  const auto kind = quipu::event_kind::custom(1, 1);
  const bool has_limit = GENERATE(false, true);
  std::optional<quipu::ticket> during;
  *hook = [&](disk_step, std::string_view) {
    if (!during) during = store.submit_raw({"b", "s"}, kind, "during", {.durability = quipu::durability::buffered});
  };
  store.append_raw({"a", "s"}, kind, "before");
  *hook = {};
  REQUIRE(during);
  CHECK(during->ready());
  const quipu::receipt given = has_limit ? during->wait_for(std::chrono::seconds{30}).value() : during->wait();
  CHECK(given.sequence == 1);
  CHECK(store.find(given.id));
  CHECK(store.count(quipu::region::all()) == 2);
}

TEST_CASE("a stream ends in whichever segment has its last event, also while others aren't visible yet", "[journal]") {
  const auto hook = std::make_shared<disk_hook::element_type>();
  quipu::config settings{.directory = "ledger"};
  settings.environment = std::make_shared<hooked_environment>(hook);
  settings.segment_max_bytes = 4096;
  settings.payload_max_bytes = 2048;
  settings.batch.max_bytes = 4096;
  settings.sync.interval_ms = 0;
  quipu::store store{settings};
  const auto append = [&store](const char* entity) {
    store.append_raw({entity, "s"}, quipu::event_kind::custom(1, 1), std::string(500, 'x'));
  };
  for (int each = 0; each < 4; ++each) append("other");
  append("early");  // behind the place where the next segment ends below
  while (store.stats().segments == 1) append("other");
  int asked = 0;
  *hook = [&](disk_step, std::string_view) {
    ++asked;
    const auto early = store.project<event_count>("early");
    CHECK((early && early->count == 1));
    CHECK_FALSE(store.project<event_count>("late"));
  };
  append("late");
  *hook = {};
  CHECK(asked > 0);
  CHECK(store.project<event_count>("late")->count == 1);
}
