// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/wait_condition.hpp>
#endif

#include <catch2/catch.hpp>

#include <vector>

using quipu::event_id;
using quipu::wait_condition;
using quipu::wait_type;

namespace {

constexpr bool composes_while_compiling() {
  const wait_condition both =
      wait_condition::all({wait_condition::timeout(5), wait_condition::custom("approved", "by two")});
  const wait_condition copy = both;
  return copy == both && copy.conditions.size() == 2 && copy.conditions[1].name == "approved";
}
static_assert(composes_while_compiling());
static_assert(std::is_aggregate_v<wait_condition>);

bool met(const wait_condition& condition) { return condition.timeout_ms == 1; }

}  // namespace

TEST_CASE("a wait condition says what it waits for", "[outcome]") {
  const event_id id = *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  CHECK(wait_condition::timeout(250).type == wait_type::timeout);
  CHECK(wait_condition::timeout(250).timeout_ms == 250);
  CHECK(wait_condition::event(id).type == wait_type::event);
  CHECK(wait_condition::event(id).awaited == id);
  CHECK(wait_condition::custom("name", "detail").type == wait_type::custom);
  CHECK(wait_condition::custom("name", "detail").name == "name");
  CHECK(wait_condition::custom("name", "detail").detail == "detail");
  CHECK(wait_condition::all({}).type == wait_type::all);
  CHECK(wait_condition::any({}).type == wait_type::any);
}

TEST_CASE("conditions differ when any part of them does", "[outcome]") {
  const event_id id = *event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  const std::vector<wait_condition> different{
      wait_condition::timeout(1),
      wait_condition::timeout(2),
      wait_condition::event(id),
      wait_condition::event(event_id::nil()),
      wait_condition::custom("a"),
      wait_condition::custom("b"),
      wait_condition::custom("a", "b"),
      wait_condition::all({}),
      wait_condition::any({}),
      wait_condition::all({wait_condition::timeout(1)}),
      wait_condition::all({wait_condition::timeout(2)}),
  };
  for (std::size_t left = 0; left < different.size(); ++left)
    for (std::size_t right = 0; right < different.size(); ++right)
      CHECK((different[left] == different[right]) == (left == right));
}

TEST_CASE("all and any are met by their parts, at any depth", "[outcome]") {
  const auto yes = wait_condition::timeout(1);
  const auto no = wait_condition::timeout(2);
  CHECK(yes.is_met(met));
  CHECK_FALSE(no.is_met(met));
  CHECK(wait_condition::all({}).is_met(met));
  CHECK_FALSE(wait_condition::any({}).is_met(met));
  CHECK(wait_condition::all({yes, yes}).is_met(met));
  CHECK_FALSE(wait_condition::all({yes, no}).is_met(met));
  CHECK(wait_condition::any({no, yes}).is_met(met));
  CHECK_FALSE(wait_condition::any({no, no}).is_met(met));
  CHECK(wait_condition::all({yes, wait_condition::any({no, wait_condition::all({yes})})}).is_met(met));
  CHECK_FALSE(wait_condition::all({yes, wait_condition::any({no, wait_condition::all({yes, no})})}).is_met(met));
}
