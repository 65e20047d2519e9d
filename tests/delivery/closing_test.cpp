// SPDX-License-Identifier: BSL-1.0
//
// closing_test.cpp: an event that is appended, and the store closed behind it, between a consumer's two looks: it is given, and the end comes after it.
#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

using namespace store_tests;
using quipu::region;

namespace {

using journal = quipu::detail::journal<quipu::memory>;
using core = quipu::detail::store_core<quipu::no_cache, journal>;

void append_to(journal& log, std::int64_t cents) {
  quipu::bytes buffer;
  const quipu::detail::encoded_event encoded = quipu::detail::encode_event(deposited{cents}, buffer);
  quipu::detail::append_entry entry = encoded.entry(quipu::bytes_view{buffer});
  entry.entity = "a";
  entry.scope = "s";
  quipu::receipt given;
  log.append(std::span{&entry, 1}, std::span{&given, 1});
}

/// A log that gets an event and is closed right after a snapshot of it was taken, before that is looked at.
class hasty_source final : public quipu::detail::log_source {
 public:
  explicit hasty_source(std::shared_ptr<core> real) : real_{std::move(real)} {}
  int hurries_after{-1};  ///< how many snapshots from now; negative: not at all

  [[nodiscard]] quipu::detail::log_snapshot snapshot() override {
    auto seen = real_->snapshot();
    if (hurries_after >= 0 && hurries_after-- == 0) {
      append_to(real_->log, 7);
      real_->close();
    }
    return seen;
  }
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override {
    real_->wait_for_event(sequence, microseconds, stop);
  }
  void wake() noexcept override { real_->wake(); }
  [[nodiscard]] bool is_closed() const noexcept override { return real_->is_closed(); }
  [[nodiscard]] const quipu::detail::store_identity& identity() const noexcept override { return real_->identity(); }
  void check_schema(const quipu::detail::event_shape& shape) override { real_->check_schema(shape); }
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return real_->schema_changes(); }
  [[nodiscard]] std::uint64_t generation() override { return real_->generation(); }

 private:
  std::shared_ptr<core> real_;
};

std::shared_ptr<hasty_source> hasty() {
  auto real = std::make_shared<core>(small_segments(), quipu::no_cache{}, quipu::memory{}, std::uint64_t{1});
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
