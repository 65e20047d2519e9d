// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/bypass.hpp>
#include <quipu/guard/gate_set.hpp>
#include <quipu/guard/pipeline.hpp>
#endif

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using quipu::bypass;
using quipu::bypassed;
using quipu::errc;
using quipu::proposal;

namespace {

struct deposited {
  int cents{};
};
struct with_text {
  std::unique_ptr<std::string> text{};
};
struct migration {
  static constexpr std::string_view name = "migration";
  static constexpr std::string_view justification = "opening balances";
};
/// Names need not be views.
struct repair {
  static constexpr char name[] = "repair";
  static constexpr const char* justification = "ticket 7";
};
struct closed_gate {
  static constexpr std::string_view name = "closed";
  template <class Context, class Payload>
  constexpr std::optional<quipu::denial> operator()(const Context&, const Payload&) const {
    return quipu::denial{name, "nothing passes"};
  }
};

constexpr quipu::pipeline closed{quipu::gate_set{closed_gate{}}};

static_assert(bypass(proposal{deposited{5}}, migration{}).reason() == "migration: opening balances");
static_assert(bypass(proposal{deposited{5}}, repair{}).reason() == "repair: ticket 7");
static_assert(bypass(proposal{deposited{5}}, migration{}).payload().cents == 5);
static_assert(closed.commit(bypass(proposal{deposited{5}}, migration{}),
                            [](deposited made, std::string_view) { return made.cents; }) == 5);

static_assert(!std::is_copy_constructible_v<bypassed<deposited>> && !std::is_copy_assignable_v<bypassed<deposited>>);
static_assert(!std::is_default_constructible_v<bypassed<deposited>> && !std::is_move_assignable_v<bypassed<deposited>>);
static_assert(!std::is_constructible_v<bypassed<deposited>, deposited&&, std::string_view>,
              "nobody makes one but bypass");
static_assert(std::is_nothrow_move_constructible_v<bypassed<deposited>>);

}  // namespace

TEST_CASE("a bypass goes round gates that nothing passes, with its reason", "[pipeline][bypass]") {
  REQUIRE_FALSE(closed.evaluate(0, proposal{deposited{5}}).allowed());
  std::string seen;
  const int cents =
      closed.commit(bypass(proposal{deposited{5}}, migration{}), [&](deposited made, std::string_view reason) {
        seen = reason;
        return made.cents;
      });
  CHECK(cents == 5);
  CHECK(seen == "migration: opening balances");
}

TEST_CASE("a bypass is spent once, and by being moved from", "[pipeline][bypass]") {
  const auto look = [](deposited, std::string_view) {};
  auto first = bypass(proposal{deposited{5}}, migration{});
  auto second = std::move(first);
  CHECK(first.is_spent());
  CHECK_FALSE(second.is_spent());
  closed.commit(std::move(second), look);
  CHECK(second.is_spent());
  for (auto* spent : {&first, &second}) {
    try {
      closed.commit(std::move(*spent), look);
      FAIL("a spent bypass was taken");
    } catch (const quipu::error& refused) {
      CHECK(refused.code() == errc::invalid_argument);
      CHECK_THAT(refused.what(), Catch::Contains("spent twice"));
    }
  }
}

TEST_CASE("what is move-only can bypass the gates", "[pipeline][bypass]") {
  auto given = bypass(proposal{with_text{std::make_unique<std::string>("rent")}}, repair{});
  const std::string text = closed.commit(std::move(given), [](with_text made, std::string_view) { return *made.text; });
  CHECK(text == "rent");
}
