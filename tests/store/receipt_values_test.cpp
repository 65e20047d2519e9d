// SPDX-License-Identifier: BSL-1.0
//
// receipt_values_test.cpp: receipts as members of events, and coordinates that were never set.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/guard/pipeline.hpp>
#endif

#include <sstream>
#include <string>
#include <utility>

using namespace store_tests;
using quipu::errc;

namespace {

using committed_deposit = quipu::committed<deposited, quipu::receipt>;

/// What one system says of another's append.
struct acknowledged {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 8);
  quipu::coordinate where{};
  quipu::receipt given{};
  committed_deposit made{};
};

template <class Type>
std::string shown(const Type& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

TEST_CASE("a receipt and what was committed can be members of an event", "[store][encoding][own]") {
  CHECK(quipu::schema_text<quipu::receipt>() ==
        "{id:[u8;16],sequence:u64,entity_sequence:u64,hash:[u8;32],durable:bool}");
  STATIC_REQUIRE(quipu::fingerprint<quipu::receipt>() == 10202106259088493750U);
  STATIC_REQUIRE(quipu::fingerprint<committed_deposit>() == 13578220416473236335U);
  auto store = quipu::in_memory_store();
  const quipu::coordinate where{"account:alice", "branch:zurich"};
  const quipu::receipt given = store.append(where, deposited{5});
  const quipu::receipt stored = store.append({"audit", "all"}, acknowledged{where, given, {{5}, given}});
  const auto view = store.get(stored.id);
  const auto read = view.as<acknowledged>();
  CHECK(read.where == where);
  CHECK(read.given == given);
  CHECK(read.made.receipt == given);
  CHECK_THAT(view.to_json(), Catch::Contains(R"("where":{"entity":"account:alice","scope":"branch:zurich"})") &&
                                 Catch::Contains(R"("sequence":0)") && Catch::Contains(given.hash.str()));
  CHECK(shown(given) == "event " + given.id.str() + ", sequence 0, entity sequence 0, durable");
  CHECK(shown(read.made) == shown(given));
}

TEST_CASE("an empty coordinate is refused, whichever way an event is appended", "[store][own]") {
  auto store = quipu::in_memory_store();
  quipu::coordinate taken{"account:alice", "branch:zurich"};
  const quipu::coordinate other = std::move(taken);
  for (const quipu::coordinate& empty : {quipu::coordinate{}, taken}) {
    CHECK(code_of([&] { store.append(empty, deposited{1}); }) == errc::invalid_coordinate);
    CHECK(code_of([&] { store.append_raw(empty, deposited::kind, "x"); }) == errc::invalid_coordinate);
    CHECK(code_of([&] { store.submit(empty, deposited{1}).wait(); }) == errc::invalid_coordinate);
    quipu::batch events;
    events.add(other, deposited{1});
    events.add(empty, deposited{1});
    CHECK(code_of([&] { store.append(events); }) == errc::invalid_coordinate);
    auto fence = store.begin_visibility_fence();
    CHECK(code_of([&] { fence.append(empty, deposited{1}); }) == errc::invalid_coordinate);
  }
  CHECK(store.stats().events == 0);
}
