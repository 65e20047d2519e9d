// SPDX-License-Identifier: BSL-1.0
//
// dynamic_gate_set_test.cpp: gates that are put together at run time judge as those of a gate_set do, and their permits
// are bound to them.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/dynamic_gate_set.hpp>
#include <quipu/guard/gate_set.hpp>
#include <quipu/guard/pipeline.hpp>
#include <quipu/store/in_memory_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using quipu::denial;
using quipu::dynamic_gate_set;
using quipu::errc;
using quipu::gate_set;
using quipu::pipeline;
using quipu::proposal;

namespace {

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct teller {
  std::int64_t limit{};
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<denial> operator()(const teller& who, const withdrawn& wish) const {
    if (wish.cents > who.limit) return denial{name, "over the limit"};
    return std::nullopt;
  }
};
struct positive_gate {
  static constexpr std::string_view name = "positive";
  template <class Context, class Payload>
  std::optional<denial> operator()(const Context&, const Payload& wish) const {
    if (wish.cents <= 0) return denial{name, "nothing to move"};
    return std::nullopt;
  }
};
using gates = dynamic_gate_set<teller, withdrawn>;

template <class Action>
errc code_of(Action&& action) {
  try {
    action();
  } catch (const quipu::error& failure) {
    return failure.code();
  }
  return errc::timeout;  // which no gate throws
}

gates both() { return gates{}.add(limit_gate{}).add(positive_gate{}); }

}  // namespace

TEST_CASE("gates that are added at run time judge as those of a gate_set do", "[guard][dynamic]") {
  const gates added = both();
  const gate_set fixed{limit_gate{}, positive_gate{}};
  CHECK(added.size() == 2);
  CHECK(added.names() == std::vector<std::string_view>{"limit", "positive"});
  for (const std::int64_t limit : {-10, 0, 10})
    for (const std::int64_t cents : {-20, -5, 0, 5, 20}) {
      const teller who{limit};
      const proposal wish{withdrawn{cents}};
      const auto mine = added.evaluate(who, wish);
      const auto theirs = fixed.evaluate(who, wish);
      REQUIRE(mine.allowed() == theirs.allowed());
      if (!mine.allowed()) REQUIRE(mine.denied() == theirs.denied());
      REQUIRE(added.evaluate_all(who, wish) == fixed.evaluate_all(who, wish));
    }
}

TEST_CASE("functions with names are gates, and are asked in order until one denies", "[guard][dynamic]") {
  const auto asked = std::make_shared<std::vector<std::string>>();
  gates added;
  for (const std::string name : {"first", "second", "third"})
    added.add(name, [name, asked](const teller&, const withdrawn&) {
      asked->push_back(name);
      return name == "second" ? std::optional{denial{name, "no"}} : std::nullopt;
    });
  CHECK(added.evaluate(teller{}, proposal{withdrawn{}}).denied().gate() == "second");
  CHECK(*asked == std::vector<std::string>{"first", "second"});
  CHECK(added.evaluate_all(teller{}, proposal{withdrawn{}}).size() == 1);
  CHECK(asked->size() == 5);
  added.add("fourth", [](const teller&, const withdrawn&) -> std::optional<denial> { throw std::runtime_error{"x"}; });
  CHECK_THROWS_AS(added.evaluate_all(teller{}, proposal{withdrawn{}}), std::runtime_error);
  CHECK(code_of([&] { added.add("", [](const teller&, const withdrawn&) { return std::optional<denial>{}; }); }) ==
        errc::invalid_argument);
}

TEST_CASE("a set without a gate lets nothing pass", "[guard][dynamic]") {
  CHECK(code_of([] { static_cast<void>(gates{}.evaluate(teller{}, proposal{withdrawn{}})); }) ==
        errc::invalid_argument);
  CHECK(code_of([] { static_cast<void>(gates{}.evaluate_all(teller{}, proposal{withdrawn{}})); }) ==
        errc::invalid_argument);
}

TEST_CASE("a gate gets its part of a tuple", "[guard][dynamic]") {
  const dynamic_gate_set<std::tuple<int, teller>, withdrawn> added =
      dynamic_gate_set<std::tuple<int, teller>, withdrawn>{}.add(limit_gate{});
  CHECK_FALSE(added.evaluate(std::tuple{1, teller{10}}, proposal{withdrawn{20}}).allowed());
  CHECK(added.evaluate(std::tuple{1, teller{10}}, proposal{withdrawn{5}}).allowed());
}

TEST_CASE("a permit of a dynamic set is spent once, by the gates that gave it", "[guard][dynamic]") {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  gates added = both();
  const pipeline policy{added};
  const pipeline copy = policy;
  const auto allowed = [](const auto& by) { return by.evaluate(teller{10}, proposal{withdrawn{5}}).permit(); };
  const auto commit = [&](const auto& by, quipu::permit<withdrawn>& given) {
    return code_of([&] { by.commit(std::move(given), store, alice); });
  };
  CHECK(policy.names() == added.names());
  auto permit = allowed(policy);
  CHECK(commit(policy, permit) == errc::timeout);
  CHECK(commit(policy, permit) == errc::invalid_argument);  // spent
  auto for_copy = allowed(policy);
  CHECK(commit(copy, for_copy) == errc::timeout);  // a copy has the same gates
  CHECK(store.stats().events == 2);

  // Other gates: another set of the same names, the set with one gate more, and gates known while compiling.
  const pipeline other{both()};
  const pipeline more{gates{added}.add(limit_gate{})};
  const pipeline fixed{gate_set{limit_gate{}, positive_gate{}}};
  auto given = allowed(policy);
  CHECK(commit(other, given) == errc::invalid_argument);
  CHECK(commit(more, given) == errc::invalid_argument);
  CHECK(commit(fixed, given) == errc::invalid_argument);
  CHECK_FALSE(given.is_spent());
  CHECK(commit(policy, given) == errc::timeout);
  auto of_fixed = allowed(fixed);
  CHECK(commit(policy, of_fixed) == errc::invalid_argument);
  auto before = allowed(pipeline{added});
  added.add(limit_gate{});
  CHECK(commit(pipeline{added}, before) == errc::invalid_argument);

  // What the gates refuse is recorded as for a gate_set.
  CHECK_FALSE(policy.evaluate(teller{1}, proposal{withdrawn{5}}, store, alice).allowed());
  CHECK(store.count(quipu::region::all().with_kind(quipu::denied::kind)) == 1);
}
