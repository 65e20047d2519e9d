// SPDX-License-Identifier: BSL-1.0
//
// leaving_test.cpp: nothing but a replica writes to a replica's log, and a log that left replication does not come
// back.
#include "replica_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <initializer_list>
#include <string>

using namespace replication_tests;
using quipu::errc;

namespace {

quipu::errc code_of_opening(const quipu::config& settings) {
  return code_thrown_by([&] { const quipu::store plain{settings}; });
}

quipu::config leaving(const machine& on) {
  auto settings = on.settings();
  settings.leave_replication = true;
  return settings;
}

quipu::config copy_on(const machine& on) {
  auto settings = on.settings();
  settings.directory = "copy";
  return settings;
}

quipu::replication_options founding_again() {
  auto options = patient();
  options.found_again = true;
  return options;
}

}  // namespace

TEST_CASE("a store does not open a replica's directory", "[replication]") {
  const cluster bank;
  const machine here;
  SECTION("that has no events yet") {
    { const auto replica = bank.open(here); }
    CHECK(code_of_opening(here.settings()) == errc::configuration);
  }
  SECTION("whose events are all from before") {
    { quipu::store{here.settings()}.append(alice, deposited{500}); }
    { const auto replica = bank.open(here); }
    CHECK(code_of_opening(here.settings()) == errc::configuration);
  }
  SECTION("that has events, or a snapshot of it") {
    {
      auto replica = bank.open(here);
      replica.append(alice, deposited{500});
      replica.snapshot("copy");
    }
    CHECK(code_of_opening(here.settings()) == errc::configuration);
    CHECK(code_of_opening(copy_on(here)) == errc::configuration);
    quipu::read_only_store reader{here.settings()};
    CHECK(reader.project<account>("account:alice")->cents == 500);
    reader.verify();
  }
  auto replica = bank.open(here);
  replica.append(alice, deposited{20});
  CHECK(replica.replication().failure.empty());
}

TEST_CASE("the refusal of a replica's directory says what to do", "[replication]") {
  const cluster bank;
  const machine here;
  { const auto replica = bank.open(here); }
  try {
    const quipu::store plain{here.settings()};
    FAIL("opened");
  } catch (const quipu::error& refused) {
    const std::string text = refused.what();
    CHECK(text.find("replicated_store") != std::string::npos);
    CHECK(text.find("config.leave_replication") != std::string::npos);
    CHECK(refused.path() == "replica");
  }
}

TEST_CASE("verify finds a damaged mark", "[replication]") {
  const cluster bank;
  const machine here;
  { bank.open(here).append(alice, deposited{500}); }
  auto directory = here.world->open_directory("replica", false);
  const std::byte wrong{0xFF};
  directory->open_file("quipu.replica", quipu::open_mode::write)->write_at({&wrong, 1}, 50);
  quipu::read_only_store reader{here.settings()};
  try {
    reader.verify();
    FAIL("verified");
  } catch (const quipu::error& damage) {
    CHECK(damage.code() == errc::corrupt);
    CHECK(damage.path() == "replica/quipu.replica");
  }
}

TEST_CASE("a replica needs a shared log", "[replication]") {
  const machine here;
  CHECK(code_thrown_by([&] { quipu::replicated_store{here.settings(), nullptr}; }) == errc::configuration);
}

TEST_CASE("a store that other programs write is not marked by a wrong shared log", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  { bank.open(here).append(alice, deposited{500}); }
  { quipu::store{there.settings()}.append(alice, deposited{1}); }
  CHECK(code_thrown_by([&] { bank.open(there).sync(); }) == errc::diverged);
  CHECK(code_of_opening(there.settings()) == errc{});
}

TEST_CASE("a log that can't be opened has not left replication", "[replication]") {
  const cluster bank;
  const machine here;
  { bank.open(here).append(alice, deposited{500}); }
  auto another = leaving(here);
  another.expected_head = quipu::blake3("another");
  auto fresh = leaving(here);
  fresh.error_if_exists = true;
  for (const auto& refused : {another, fresh}) {
    CHECK(code_of_opening(refused) != errc{});
    CHECK(code_of_opening(here.settings()) == errc::configuration);
    CHECK(bank.open(here).append(alice, deposited{20}).durable);
  }
}

TEST_CASE("a log that left replication is a store's", "[replication]") {
  const auto append = [](quipu::store& own) { own.append(alice, deposited{20}); };
  const auto drop = [](quipu::store& own) {
    own.compact(quipu::compaction::retain([](const auto& event) { return event.entity() != "account:alice"; }));
  };
  const auto nothing = [](quipu::store&) {};
  for (const auto& change : std::initializer_list<std::function<void(quipu::store&)>>{append, drop, nothing}) {
    const cluster bank;
    const machine here;
    {
      auto replica = bank.open(here);
      replica.append(alice, deposited{500});
      replica.append(bob, deposited{1});
    }
    {
      quipu::store own{leaving(here)};
      change(own);
      own.snapshot("copy");
    }
    for (const auto& settings : {here.settings(), copy_on(here)}) {
      CHECK(code_of_opening(settings) == errc{});
      CHECK(code_thrown_by([&] { quipu::replicated_store{settings, bank.connect(), patient()}; }) == errc::diverged);
      CHECK(code_thrown_by([&] {
              quipu::replicated_store{settings, bank.connect(), founding_again()};
            }) == errc::diverged);
    }
  }
}

TEST_CASE("a log that left replication can found a new shared log", "[replication]") {
  const cluster before;
  const machine here;
  { before.open(here).append(alice, deposited{500}); }
  { quipu::store{leaving(here)}.append(alice, deposited{20}); }
  const cluster after;
  CHECK(code_thrown_by([&] { const auto replica = after.open(here); }) == errc::diverged);
  { const quipu::replicated_store again{here.settings(), after.connect(), founding_again()}; }
  CHECK(code_of_opening(here.settings()) == errc::configuration);
  auto replica = after.open(here);
  replica.append(alice, deposited{7});
  CHECK(replica.project<account>("account:alice")->cents == 527);
}

TEST_CASE("leaving replication is for stores that are replicas", "[replication]") {
  const cluster bank;
  const machine here;
  CHECK(code_thrown_by([&] {
          quipu::replicated_store{leaving(here), bank.connect(), patient()};
        }) == errc::configuration);
  { quipu::store{leaving(here)}.append(alice, deposited{500}); }
  auto replica = bank.open(here);  // it never was a replica, and so has not left
  CHECK(replica.count(quipu::region::all()) == 1);
}
