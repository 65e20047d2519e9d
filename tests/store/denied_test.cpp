// SPDX-License-Identifier: BSL-1.0
//
// denied_test.cpp: a gate's denial as an event of the log: appended, read, folded, and recorded by a pipeline.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/guard/pipeline.hpp>
#include <quipu/projection/catalogue.hpp>
#endif

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace store_tests;
using quipu::denial;
using quipu::denied;
using quipu::errc;
using quipu::event_kind;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};

struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<denial> operator()(std::int64_t limit, const withdrawn& wish) const {
    if (wish.cents <= limit) return std::nullopt;
    return denial{name, "over it"}.with_context("wanted", wish.cents);
  }
};
const quipu::pipeline policy{quipu::gate_set{limit_gate{}}};

struct refusals {
  using events = quipu::event_list<withdrawn, denied>;
  std::uint64_t allowed{};
  std::uint64_t refused{};
  void apply(const withdrawn&) { ++allowed; }
  void apply(const denied&) { ++refused; }
};

/// With a kind of the library, and none of its types.
struct forged {
  static constexpr auto kind = event_kind::effect_denial;
  std::int64_t cents{};
};

static_assert(quipu::detail::appendable<denied> && !quipu::detail::appendable<forged>);
static_assert(quipu::fingerprint<denied>() == 10422310249689913813U);
using known = quipu::catalogue<deposited, denied>;
static_assert(sizeof(known) > 0);

}  // namespace

TEST_CASE("a denial can be appended, read, and folded", "[store][guard][denied]") {
  auto store = quipu::in_memory_store();
  const denial why = denial{"limit", "over it"}.with_code("L1").with_context("wanted", 50);
  const auto cause = store.append(alice, deposited{1});
  const auto given = store.append_denial(alice, why, {.causation_id = cause.id});
  CHECK(given.entity_sequence == 1);
  const auto view = store.get(given.id);
  CHECK(view.kind() == event_kind::effect_denial);
  CHECK(view.kind().raw() == 0xD007);
  CHECK(view.is<denied>());
  CHECK(view.as<denied>() == denied{why, std::nullopt});
  CHECK(view.header().causation_id == cause.id);
  CHECK_THAT(view.to_json(),
             Catch::Contains(R"("payload":{"why":{"gate":"limit","message":"over it","code":"L1","context":)"
                             R"([{"name":"wanted","value":"50"}]},"proposed":null})"));
  CHECK(store.try_append_denial(alice, why).is_ok());
  CHECK(store.project<refusals>("account:alice")->refused == 2);
  CHECK_NOTHROW(store.verify());
  // Other bytes under the library's kinds stay refused.
  CHECK(code_of([&] { store.append_raw(alice, event_kind::effect_denial, "x"); }) == errc::invalid_argument);
}

TEST_CASE("a pipeline records what its gates refuse, and nothing else", "[store][guard][denied]") {
  auto store = quipu::in_memory_store();
  auto refused = policy.evaluate(std::int64_t{10}, quipu::proposal{withdrawn{50, {}}}, store, alice);
  REQUIRE_FALSE(refused.allowed());
  auto allowed = policy.evaluate(std::int64_t{100}, quipu::proposal{withdrawn{50, {}}}, store, alice);
  REQUIRE(allowed.allowed());
  CHECK(store.stats().events == 1);
  policy.commit(std::move(allowed).permit(), store, alice);
  const auto recorded = store.by_kind(denied::kind).begin()->as<denied>();
  CHECK(recorded.why == refused.denied());
  CHECK(recorded.proposed == withdrawn::kind);
  const auto seen = store.project<refusals>("account:alice");
  CHECK(seen->refused == 1);
  CHECK(seen->allowed == 1);
  // Into a batch, and with options.
  quipu::batch events;
  CHECK_FALSE(policy.evaluate(std::int64_t{10}, quipu::proposal{withdrawn{50, {}}}, events, alice,
                              quipu::append_options{.flags = quipu::event_flags::requires_ack}));
  REQUIRE(events.size() == 1);
  CHECK(store.get(store.append(events)[0].id).header().requires_ack());
  // What fails is thrown, and the verdict with it: nothing passes because it could not be recorded.
  store.close();
  CHECK(code_of([&] {
          static_cast<void>(policy.evaluate(std::int64_t{10}, quipu::proposal{withdrawn{50, {}}}, store, alice));
        }) == errc::closed);
}
