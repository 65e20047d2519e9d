// SPDX-License-Identifier: BSL-1.0
//
// permit_test.cpp: that a permit can't be made, copied or spent twice, and comes only where no gate denied.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/gate_set.hpp>
#endif

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using quipu::denial;
using quipu::errc;
using quipu::gate_set;
using quipu::permit;
using quipu::proposal;
using quipu::verdict;

namespace {

struct teller {
  int limit{};
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  template <class Payload>
  std::optional<denial> operator()(const teller& t, const Payload& proposed) const {
    if (proposed.cents > t.limit) return denial{name, "over the limit"}.with_code("L1");
    return std::nullopt;
  }
};
struct open_gate {
  static constexpr std::string_view name = "open";
  template <class Payload>
  std::optional<denial> operator()(const teller&, const Payload&) const {
    return std::nullopt;
  }
};
struct withdrawn {
  int cents{};
};
struct with_text {
  int cents{};
  std::unique_ptr<std::string> text{};
};

using gates_type = gate_set<limit_gate>;
using other_gates_type = gate_set<open_gate>;

template <class Action>
std::optional<quipu::error> refusal_of(Action&& action) {
  try {
    action();
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

struct spends_permits {};

// Nobody makes one from outside, of nothing, of a payload, or of another.
static_assert(!std::is_default_constructible_v<permit<withdrawn>> &&
              !std::is_constructible_v<permit<withdrawn>, withdrawn>);
static_assert(!std::is_constructible_v<permit<withdrawn>, withdrawn&&, const void*>);
static_assert(!std::is_copy_constructible_v<permit<withdrawn>> && !std::is_copy_assignable_v<permit<withdrawn>>);
static_assert(std::is_nothrow_move_constructible_v<permit<withdrawn>> && !std::is_move_assignable_v<permit<withdrawn>>);
static_assert(!std::is_aggregate_v<permit<withdrawn>> && !std::is_trivially_copyable_v<permit<withdrawn>>);
static_assert(!std::is_constructible_v<verdict<withdrawn>, permit<withdrawn>> &&
              !std::is_constructible_v<verdict<withdrawn>, denial>);
static_assert(!std::is_default_constructible_v<verdict<withdrawn>> &&
              !std::is_copy_constructible_v<verdict<withdrawn>>);
static_assert(!std::is_convertible_v<withdrawn, proposal<withdrawn>>, "proposing is said, not slipped into");

}  // namespace

/// Pipelines are the friends that spend permits: this one does nothing else.
template <>
class quipu::pipeline<spends_permits> {
 public:
  template <class GateSet, class Payload>
  static Payload spend(permit<Payload>& given) {
    return given.spend(GateSet::identity());
  }
};

namespace {

template <class GateSet, class Payload>
Payload spend(permit<Payload>& given) {
  return quipu::pipeline<spends_permits>::spend<GateSet>(given);
}

}  // namespace

TEST_CASE("a permit shows what was let pass, and gives it out once", "[guard][permit]") {
  permit<withdrawn> given = gates_type{{}}.evaluate(teller{100}, proposal{withdrawn{50}}).permit();
  CHECK(given.payload().cents == 50);
  CHECK_FALSE(given.is_spent());
  CHECK(spend<gates_type>(given).cents == 50);
  CHECK(given.is_spent());
  const auto refused = refusal_of([&] { static_cast<void>(spend<gates_type>(given)); });
  REQUIRE(refused);
  CHECK(refused->code() == errc::invalid_argument);
  CHECK_THAT(refused->what(), Catch::Contains("spent twice"));
}

TEST_CASE("a permit that was moved from is spent, and what it was moved to isn't", "[guard][permit]") {
  permit<withdrawn> first = gates_type{{}}.evaluate(teller{100}, proposal{withdrawn{50}}).permit();
  permit<withdrawn> second = std::move(first);
  CHECK(first.is_spent());
  CHECK_FALSE(second.is_spent());
  CHECK(refusal_of([&] { static_cast<void>(spend<gates_type>(first)); })->code() == errc::invalid_argument);
  CHECK(spend<gates_type>(second).cents == 50);
  permit<withdrawn> third = std::move(second);
  CHECK(third.is_spent());
}

TEST_CASE("a permit is refused where other gates are asked, and stays good where its own are", "[guard][permit]") {
  permit<withdrawn> given = other_gates_type{{}}.evaluate(teller{0}, proposal{withdrawn{50}}).permit();
  const auto refused = refusal_of([&] { static_cast<void>(spend<gates_type>(given)); });
  REQUIRE(refused);
  CHECK(refused->code() == errc::invalid_argument);
  CHECK_THAT(refused->what(), Catch::Contains("other gates"));
  CHECK_FALSE(given.is_spent());
  CHECK(spend<other_gates_type>(given).cents == 50);
}

TEST_CASE("move-only payloads go through gates and permits", "[guard][permit]") {
  auto judged = gates_type{{}}.evaluate(teller{100}, proposal{with_text{5, std::make_unique<std::string>("for rent")}});
  REQUIRE(judged.allowed());
  permit<with_text> given = std::move(judged).permit();
  CHECK(*given.payload().text == "for rent");
  CHECK(*spend<gates_type>(given).text == "for rent");
}

TEST_CASE("a verdict has a permit or a denial, never both", "[guard][permit]") {
  auto allowed = gates_type{{}}.evaluate(teller{100}, proposal{withdrawn{50}});
  const auto no_denial = refusal_of([&] { static_cast<void>(allowed.denied()); });
  REQUIRE(no_denial);
  CHECK(no_denial->code() == errc::invalid_argument);
  auto denied = gates_type{{}}.evaluate(teller{10}, proposal{withdrawn{50}});
  CHECK(denied.denied().gate() == "limit");
  const auto no_permit = refusal_of([&] { static_cast<void>(std::move(denied).permit()); });
  REQUIRE(no_permit);
  CHECK(no_permit->code() == errc::invalid_argument);
  CHECK_THAT(no_permit->what(), Catch::Contains("limit: over the limit (L1)"));
}

TEST_CASE("a verdict gives its permit out once", "[guard][permit]") {
  auto allowed = gates_type{{}}.evaluate(teller{100}, proposal{withdrawn{50}});
  CHECK_FALSE(std::move(allowed).permit().is_spent());
  CHECK(std::move(allowed).permit().is_spent());
}

TEST_CASE("a verdict as an outcome", "[guard][permit]") {
  auto passed = gates_type{{}}.evaluate(teller{100}, proposal{withdrawn{50}}).into_outcome();
  REQUIRE(passed.is_ok());
  permit<withdrawn> given = std::move(passed).into_value();
  CHECK(spend<gates_type>(given).cents == 50);
  const auto refused = gates_type{{}}.evaluate(teller{10}, proposal{withdrawn{50}}).into_outcome();
  REQUIRE(refused.is_error());
  CHECK(refused.error().kind == quipu::error_kind::policy_rejection);
  CHECK(refused.error().message == "limit: over the limit (L1)");
}
