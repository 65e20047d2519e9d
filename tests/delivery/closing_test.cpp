// SPDX-License-Identifier: BSL-1.0
//
// closing_test.cpp: an event that is appended, and the store closed behind it, between a consumer's two looks: it is
// given, and the end comes after it.
#include "real_log.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

using namespace store_tests;
using namespace delivery_tests;
using quipu::region;

namespace {

/// A log that gets an event and is closed right after a snapshot of it was taken, before that is looked at.
class hasty_source final : public forwarding_log {
 public:
  using forwarding_log::forwarding_log;
  int hurries_after{-1};  ///< how many snapshots from now; negative: not at all

  [[nodiscard]] quipu::detail::log_snapshot snapshot() override {
    auto seen = log().snapshot();
    if (hurries_after >= 0 && hurries_after-- == 0) {
      append_to(log(), 7);
      real().close();
    }
    return seen;
  }
};

std::shared_ptr<hasty_source> hasty() {
  auto real = make_core();
  append_to(real->log, 1);
  return std::make_shared<hasty_source>(std::move(real));
}

}  // namespace

TEST_CASE("a cursor gives what was appended right before the end", "[delivery][closing]") {
  const auto source = hasty();
  quipu::cursor cursor{source, region::all(), quipu::cursor_position::start()};
  CHECK(cursor.wait()->as<deposited>().cents == 1);
  source->hurries_after = 0;
  const auto last = cursor.wait();
  REQUIRE(last);
  CHECK(last->as<deposited>().cents == 7);
  CHECK_FALSE(cursor.wait());
  CHECK(cursor.ended());
}

TEST_CASE("a subscription gives what was appended right before the end", "[delivery][closing]") {
  const auto source = hasty();
  quipu::subscription events{source, region::all(), {}};
  source->hurries_after = 0;
  const auto last = events.recv();
  REQUIRE(last);
  CHECK(last->as<deposited>().cents == 7);
  CHECK_FALSE(events.recv());
  CHECK(events.ended());
}

TEST_CASE("a watcher gives the state with what was appended right before the end", "[delivery][closing]") {
  const auto source = hasty();
  quipu::watcher<account> watcher{source, "a"};
  source->hurries_after = 1;
  const auto last = watcher.recv();
  REQUIRE(last);
  CHECK(last->cents == 8);
  CHECK_FALSE(watcher.recv());
  CHECK(watcher.ended());
}

TEST_CASE("an event that was appended right before the end isn't said to be cut off by it", "[delivery][closing]") {
  const auto source = hasty();
  const quipu::receipt coming{.sequence = 1};
  source->hurries_after = 0;
  // It wasn't visible when it was looked for, and it is since.
  CHECK_FALSE(quipu::detail::wait_until_visible(*source, coming, quipu::detail::wait_end::now()));
  CHECK(source->is_closed());
  CHECK(source->snapshot().end_sequence == 2);
}
