// SPDX-License-Identifier: BSL-1.0
//
// record_proposer_test.cpp: what becomes of proposals whose records the shared log acknowledges, loses, alters, or does
// not answer for.
#include "replica_fixture.hpp"

#include <quipu/replication/detail/record_proposer.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

using quipu::errc;
using quipu::detail::applied_record;
using quipu::detail::proposal;
using quipu::detail::record_proposer;
using replication_tests::code_thrown_by;

namespace {

using position = quipu::outcome<std::uint64_t>;
using receipts = std::future<quipu::detail::decision>;
using quipu::detail::receipts_of;

const position unreached = quipu::from_error(quipu::error{errc::unavailable, "no connection"});

struct proposing {
  quipu::replication_options options{.record_bytes = 100};
  record_proposer proposer{quipu::event_id::generate(), options};

  receipts add(std::size_t size = 10, proposal::clock::time_point give_up_at = proposal::clock::time_point::max(),
               proposal::clock::time_point proposed_at = {}) {
    auto made = std::make_shared<proposal>();
    made->encoded.resize(size);
    made->proposed_at = proposed_at;
    made->give_up_at = give_up_at;
    auto answer = made->answer.get_future();
    proposer.add(std::move(made));
    return answer;
  }

  /// The record of `sent` as it is applied.
  static applied_record applied(const quipu::detail::sent_record& sent, std::uint64_t at) {
    applied_record made{.position = at, .id = sent.id, .content = {sent.content.data(), sent.content.size()}};
    for (std::size_t count = 0; count < sent.proposals.size(); ++count) {
      made.decisions.emplace_back();
      made.decisions.back().receipts.resize(count + 1);
    }
    return made;
  }
};

bool is_ready(const receipts& answer) { return answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }

}  // namespace

TEST_CASE("what waits is counted until it is decided", "[replication]") {
  using std::chrono::milliseconds;
  proposing of;
  const auto now = proposal::clock::time_point{} + std::chrono::hours{1};
  CHECK(of.proposer.pressure(now) == quipu::replication_pressure{});
  const auto first = of.add(60, now + milliseconds{100}, now);
  const auto second = of.add(50, now + milliseconds{900}, now + milliseconds{30});
  const auto later = now + milliseconds{50};
  const quipu::replication_pressure both{2, 110, milliseconds{50}};
  CHECK(of.proposer.pressure(later) == both);
  const auto sent = of.proposer.next(1, {});  // has the first one
  CHECK(of.proposer.pressure(later) == both);
  SECTION("and applied") {
    of.proposer.record_answer(position::ok(7U));
    CHECK(of.proposer.pressure(later) == both);
    of.proposer.record_applied(proposing::applied(*sent, 7));
    CHECK(of.proposer.pressure(later) == quipu::replication_pressure{1, 50, milliseconds{20}});
  }
  SECTION("or given up") {
    of.proposer.give_up(now + milliseconds{100});
    CHECK(of.proposer.pressure(later) == quipu::replication_pressure{1, 50, milliseconds{20}});
  }
}

TEST_CASE("proposals share records up to a size", "[replication]") {
  proposing here;
  CHECK(here.proposer.next(1, {}) == nullptr);
  auto first = here.add(60);
  auto second = here.add(40);
  auto third = here.add(1);
  auto large = here.add(500);
  const auto one = here.proposer.next(1, {});
  CHECK(one->proposals.size() == 2);
  CHECK(here.proposer.next(9, {}) == one);
  here.proposer.record_answer(position{std::uint64_t{5}});
  CHECK(here.proposer.next(1, {})->proposals.size() == 1);
  here.proposer.record_answer(position{std::uint64_t{6}});
  CHECK(here.proposer.next(1, {})->proposals.size() == 1);

  here.proposer.record_applied(proposing::applied(*one, 5));
  CHECK(receipts_of(first).size() == 1);
  CHECK(receipts_of(second).size() == 2);
  CHECK_FALSE(is_ready(third));
  CHECK_FALSE(is_ready(large));
}

TEST_CASE("a proposal of a record that expired is proposed again", "[replication]") {
  proposing here;
  auto answer = here.add();
  const auto first = here.proposer.next(1, {});
  here.proposer.record_answer(position{std::uint64_t{5'000}});
  here.proposer.record_applied({.position = 5'000,
                                .id = first->id,
                                .has_expired = true,
                                .content = {first->content.data(), first->content.size()}});
  const auto second = here.proposer.next(5'000, {});
  REQUIRE(second != nullptr);
  CHECK(second->id != first->id);
  here.proposer.record_applied(proposing::applied(*second, 5'001));
  CHECK(receipts_of(answer).size() == 1);
}

TEST_CASE("what was not appended is told apart from what may have been", "[replication]") {
  proposing here;
  const auto now = proposal::clock::now();
  auto first = here.add(10, now);
  const auto sent = here.proposer.next(1, {});
  CHECK(here.proposer.record_answer(unreached).count() > 0);
  CHECK(here.proposer.next(1, {}) == sent);
  SECTION("not reached") {
    here.proposer.give_up(now);
    CHECK(code_thrown_by([&] { static_cast<void>(receipts_of(first)); }) == errc::unavailable);
  }
  SECTION("the fate is unknown, whatever follows") {
    CHECK(here.proposer.record_answer(position::retry(70, 1, 0, "cut")) == std::chrono::milliseconds{70});
    here.proposer.record_answer(unreached);
    here.proposer.give_up(now);
    CHECK(code_thrown_by([&] { static_cast<void>(receipts_of(first)); }) == errc::timeout);
  }
  SECTION("acknowledged, and not applied yet") {
    here.proposer.record_answer(position{std::uint64_t{5}});
    here.proposer.give_up(now);
    CHECK(code_thrown_by([&] { static_cast<void>(receipts_of(first)); }) == errc::timeout);
  }
  SECTION("too large for the engine") {
    here.proposer.record_answer(quipu::from_error(quipu::error{errc::payload_too_large, "over 1 MiB"}));
    CHECK(code_thrown_by([&] { static_cast<void>(receipts_of(first)); }) == errc::payload_too_large);
  }
  CHECK(here.proposer.next(1, {}) == nullptr);
}

TEST_CASE("a record of this replica that comes back altered, or not at all, is noticed", "[replication]") {
  proposing here;
  auto answer = here.add();
  const auto sent = here.proposer.next(1, {});
  here.proposer.record_answer(position{std::uint64_t{5}});
  SECTION("altered") {
    auto altered = proposing::applied(*sent, 5);
    auto content = sent->content;
    content[0] ^= std::byte{1};
    altered.content = {content.data(), content.size()};
    CHECK(code_thrown_by([&] { here.proposer.record_applied(std::move(altered)); }) == errc::diverged);
  }
  SECTION("not at all") {
    here.proposer.record_applied({.position = 4, .id = quipu::event_id::generate()});
    applied_record other{.position = 6, .id = quipu::event_id::generate()};
    CHECK(code_thrown_by([&] { here.proposer.record_applied(std::move(other)); }) == errc::diverged);
  }
  here.proposer.fail_all(std::make_exception_ptr(quipu::error{errc::closed, "closed"}));
  CHECK(code_thrown_by([&] { static_cast<void>(receipts_of(answer)); }) == errc::closed);
}
