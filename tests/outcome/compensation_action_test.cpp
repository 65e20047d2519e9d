// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/compensation_action.hpp>
#endif

#include <catch2/catch.hpp>

#include <vector>

using quipu::compensation_action;
using quipu::compensation_type;
using quipu::event_id;

namespace {

constexpr bool is_made_while_compiling() {
  const auto release = compensation_action::release({"seat 12", "seat 13"});
  const auto copy = release;
  return copy == release && copy.resources.size() == 2 && copy.resources[1] == "seat 13";
}
static_assert(is_made_while_compiling());
static_assert(std::is_aggregate_v<compensation_action>);

}  // namespace

TEST_CASE("a compensation says what is to be done", "[outcome]") {
  const event_id id = *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  const auto rollback = compensation_action::rollback({id});
  CHECK(rollback.type == compensation_type::rollback);
  CHECK(rollback.events == std::vector<event_id>{id});
  const auto notify = compensation_action::notify("ops@example.org", "the transfer is stuck");
  CHECK(notify.type == compensation_type::notify);
  CHECK(notify.name == "ops@example.org");
  CHECK(notify.detail == "the transfer is stuck");
  CHECK(compensation_action::release({"a"}).type == compensation_type::release);
  const auto custom = compensation_action::custom("refund", "12.50");
  CHECK(custom.type == compensation_type::custom);
  CHECK(custom.name == "refund");
  CHECK(custom.detail == "12.50");
}

TEST_CASE("compensations differ when any part of them does", "[outcome]") {
  const event_id id = *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  const std::vector<compensation_action> different{
      compensation_action::rollback({}),        compensation_action::rollback({id}),
      compensation_action::rollback({id, id}),  compensation_action::rollback({event_id::nil()}),
      compensation_action::notify("a", "b"),    compensation_action::notify("a", "c"),
      compensation_action::notify("b", "b"),    compensation_action::custom("a", "b"),
      compensation_action::release({"a"}),      compensation_action::release({"b"}),
      compensation_action::release({"a", "b"}),
  };
  for (std::size_t left = 0; left < different.size(); ++left)
    for (std::size_t right = 0; right < different.size(); ++right)
      CHECK((different[left] == different[right]) == (left == right));
}
