// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/gate_set.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using quipu::denial;
using quipu::gate_set;
using quipu::proposal;

namespace {

struct teller {
  int limit{};
};
struct clock_face {
  int hour{};
};
struct withdrawn {
  int cents{};
};
struct deposited {
  int cents{};
};

struct limit_gate {
  static constexpr std::string_view name = "limit";
  constexpr std::optional<denial> operator()(const teller& t, const withdrawn& w) const {
    if (w.cents > t.limit) return denial{name, "over the limit"};
    return std::nullopt;
  }
};
struct positive_gate {
  static constexpr std::string_view name = "positive";
  template <class Context, class Payload>
  constexpr std::optional<denial> operator()(const Context&, const Payload& proposed) const {
    if (proposed.cents <= 0) return denial{name, "nothing to move"};
    return std::nullopt;
  }
};
struct hours_gate {
  static constexpr std::string_view name = "hours";
  int opens{};
  constexpr std::optional<denial> operator()(const clock_face& now, const withdrawn&) const {
    if (now.hour < opens) return denial{name, "closed"};
    return std::nullopt;
  }
};

/// Says that it was asked, and what it was told to say.
template <int number>
struct tracing_gate {
  static constexpr std::string_view name = number == 1 ? "one" : number == 2 ? "two" : "three";
  std::vector<int>* asked;
  bool denies;
  std::optional<denial> operator()(const teller&, const withdrawn&) const {
    asked->push_back(number);
    if (denies) return denial{name, "no"};
    return std::nullopt;
  }
};
struct throwing_gate {
  static constexpr std::string_view name = "throwing";
  std::optional<denial> operator()(const teller&, const withdrawn&) const { throw std::runtime_error{"gate"}; }
};

constexpr gate_set both{limit_gate{}, positive_gate{}};
static_assert(both.size == 2 && both.names() == std::array<std::string_view, 2>{"limit", "positive"});
static_assert(std::is_same_v<decltype(both), const gate_set<limit_gate, positive_gate>>);
static_assert(std::is_same_v<gate_set<limit_gate, hours_gate>::contexts,
                             std::tuple<std::type_identity<teller>, std::type_identity<clock_face>>>);

// Evaluated while compiling.
static_assert(both.evaluate(teller{100}, proposal{withdrawn{50}}).allowed());
static_assert(!both.evaluate(teller{10}, proposal{withdrawn{50}}).allowed());
static_assert(both.evaluate(teller{10}, proposal{withdrawn{50}}).denied().gate() == "limit");
static_assert(both.evaluate(teller{10}, proposal{withdrawn{-50}}).denied().message() == "nothing to move");
static_assert(both.evaluate_all(teller{-100}, proposal{withdrawn{-50}}).size() == 2);

}  // namespace

TEST_CASE("gates are asked in order, up to the first denial", "[guard][gate_set]") {
  std::vector<int> asked;
  for (const bool second_denies : {false, true}) {
    asked.clear();
    const gate_set gates{tracing_gate<3>{&asked, false}, tracing_gate<1>{&asked, second_denies},
                         tracing_gate<2>{&asked, second_denies}};
    const auto verdict = gates.evaluate(teller{}, proposal{withdrawn{}});
    CHECK(verdict.allowed() != second_denies);
    CHECK(static_cast<bool>(verdict) == verdict.allowed());
    CHECK(asked == (second_denies ? std::vector{3, 1} : std::vector{3, 1, 2}));
    if (second_denies) CHECK(verdict.denied().gate() == "one");
  }
}

TEST_CASE("evaluate_all asks every gate, and returns all denials in order", "[guard][gate_set]") {
  std::vector<int> asked;
  const gate_set gates{tracing_gate<3>{&asked, true}, tracing_gate<1>{&asked, false}, tracing_gate<2>{&asked, true}};
  const auto denials = gates.evaluate_all(teller{}, proposal{withdrawn{}});
  CHECK(asked == std::vector{3, 1, 2});
  REQUIRE(denials.size() == 2);
  CHECK(denials[0].gate() == "three");
  CHECK(denials[1].gate() == "two");
  CHECK(both.evaluate_all(teller{100}, proposal{withdrawn{1}}).empty());
}

TEST_CASE("evaluate allows exactly what evaluate_all has nothing against", "[guard][gate_set]") {
  for (int limit = -2; limit <= 2; ++limit)
    for (int cents = -3; cents <= 3; ++cents) {
      const auto verdict = both.evaluate(teller{limit}, proposal{withdrawn{cents}});
      const auto denials = both.evaluate_all(teller{limit}, proposal{withdrawn{cents}});
      REQUIRE(verdict.allowed() == denials.empty());
      if (!verdict.allowed()) REQUIRE(verdict.denied() == denials.front());
    }
}

TEST_CASE("where the context is a tuple each gate gets its own part of it", "[guard][gate_set]") {
  const gate_set gates{limit_gate{}, hours_gate{9}, positive_gate{}};
  CHECK(gates.evaluate(std::tuple{clock_face{10}, teller{100}}, proposal{withdrawn{50}}).allowed());
  CHECK(gates.evaluate(std::tuple{clock_face{8}, teller{100}}, proposal{withdrawn{50}}).denied().gate() == "hours");
  const teller strict{1};
  const clock_face noon{12};
  CHECK(gates.evaluate(std::tie(strict, noon), proposal{withdrawn{50}}).denied().gate() == "limit");
  CHECK(gates.evaluate_all(std::tie(strict, noon), proposal{withdrawn{50}}).size() == 1);
}

TEST_CASE("a gate that takes any payload serves several", "[guard][gate_set]") {
  const gate_set gates{positive_gate{}};
  CHECK(gates.evaluate(teller{}, proposal{deposited{1}}).allowed());
  CHECK_FALSE(gates.evaluate(teller{}, proposal{withdrawn{0}}).allowed());
}

TEST_CASE("what a gate throws goes through", "[guard][gate_set]") {
  const gate_set gates{throwing_gate{}};
  CHECK_THROWS_WITH(static_cast<void>(gates.evaluate(teller{}, proposal{withdrawn{}})), "gate");
  CHECK_THROWS_WITH(static_cast<void>(gates.evaluate_all(teller{}, proposal{withdrawn{}})), "gate");
}
