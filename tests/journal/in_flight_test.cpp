// SPDX-License-Identifier: BSL-1.0
//
// in_flight_test.cpp: an append whose idempotency key or condition concerns an event that is being flushed waits for
// it. The flush blocks meanwhile.
#include "../hooked_environment.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

using namespace test_settings;
using quipu::append_options;
using quipu::event_kind;
using quipu::region;

namespace {

template <class Condition>
bool comes_true(Condition condition, std::chrono::milliseconds in = std::chrono::seconds{30}) {
  const auto end = std::chrono::steady_clock::now() + in;
  while (!condition() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  return condition();
}

/// A store whose first flush begins when `is_in_flight` becomes true, and ends when `goes_on` is set.
class blocking_store {
 public:
  std::atomic<bool> is_in_flight{};
  std::atomic<bool> goes_on{};

  quipu::receipt append(const append_options& options) {
    return store_.append_raw({"a", "s"}, event_kind::custom(1, 1), "text", options);
  }
  quipu::store& events() { return store_; }
  /// Whether another event than the one in flight is placed: one that doesn't wait is, at once.
  bool places_another() {
    return comes_true([this] { return store_.writer_pressure().events_not_durable > 1; },
                      std::chrono::milliseconds{100});
  }
  void block_next_flush() {
    *hook_ = [this](disk_step step, std::string_view) {
      if (step != disk_step::flush || is_in_flight.exchange(true)) return;
      comes_true([this] { return goes_on.load(); });
    };
  }

 private:
  static quipu::config settings_with(const disk_hook& hook) {
    quipu::config settings{.directory = "ledger"};
    settings.environment = std::make_shared<hooked_environment>(hook);
    settings.sync.interval_ms = 0;
    return settings;
  }

  disk_hook hook_ = std::make_shared<disk_hook::element_type>();
  quipu::store store_{settings_with(hook_)};
};

}  // namespace

TEST_CASE("an append waits for the event in flight that has its key", "[journal][in_flight]") {
  blocking_store blocked;
  const append_options keyed{.idempotency_key = quipu::event_id::from_name("once")};
  quipu::receipt first;
  quipu::receipt second;
  blocked.block_next_flush();
  std::thread one{[&] { first = blocked.append(keyed); }};
  REQUIRE(comes_true([&] { return blocked.is_in_flight.load(); }));
  std::thread other{[&] { second = blocked.append(keyed); }};
  CHECK_FALSE(blocked.places_another());
  blocked.goes_on = true;
  one.join();
  other.join();
  CHECK(second.id == first.id);
  CHECK(second.sequence == first.sequence);
  CHECK(blocked.events().stats().events == 1);
}

TEST_CASE("an append waits for the event in flight that its condition excludes", "[journal][in_flight]") {
  blocking_store blocked;
  const append_options only_one{.condition = quipu::none_ever(region::entity("a"))};
  std::atomic<int> refused{};
  const auto append = [&] {
    try {
      static_cast<void>(blocked.append(only_one));
    } catch (const quipu::conflict_error&) {
      ++refused;
    }
  };
  blocked.block_next_flush();
  std::thread one{append};
  REQUIRE(comes_true([&] { return blocked.is_in_flight.load(); }));
  std::thread other{append};
  CHECK_FALSE(blocked.places_another());
  blocked.goes_on = true;
  one.join();
  other.join();
  CHECK(refused == 1);
  CHECK(blocked.events().stats().events == 1);
}
