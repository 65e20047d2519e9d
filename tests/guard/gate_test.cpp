// SPDX-License-Identifier: BSL-1.0
//
// gate_test.cpp: which types are gates, as a table, and what each looks at.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/gate.hpp>
#endif

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using quipu::denial;
using quipu::gate;

namespace {

struct teller {
  int limit{};
};
struct wish {
  int cents{};
};

struct plain {
  static constexpr std::string_view name = "plain";
  constexpr std::optional<denial> operator()(const teller&, const wish&) const { return std::nullopt; }
};
struct noexcept_gate {
  static constexpr const char* name = "noexcept";
  std::optional<denial> operator()(teller, wish) const noexcept { return std::nullopt; }
};
struct of_anything {
  static constexpr std::string_view name = "anything";
  template <class Context, class Payload>
  std::optional<denial> operator()(const Context&, const Payload&) const {
    return std::nullopt;
  }
};
struct with_state {
  static constexpr std::string_view name = "state";
  std::string kept;
  std::optional<denial> operator()(const teller&, const wish&) const { return std::nullopt; }
};
static_assert(gate<plain> && gate<noexcept_gate> && gate<of_anything> && gate<with_state>);

struct without_name {
  std::optional<denial> operator()(const teller&, const wish&) const { return std::nullopt; }
};
struct name_as_number {
  static constexpr int name = 1;
  std::optional<denial> operator()(const teller&, const wish&) const { return std::nullopt; }
};
struct move_only {
  static constexpr std::string_view name = "move only";
  std::unique_ptr<int> kept;
  std::optional<denial> operator()(const teller&, const wish&) const { return std::nullopt; }
};
static_assert(!gate<without_name> && !gate<name_as_number> && !gate<move_only> && !gate<int> && !gate<plain&>);

static_assert(std::is_same_v<quipu::gate_context<plain>, teller> &&
              std::is_same_v<quipu::gate_context<noexcept_gate>, teller>);
static_assert(std::is_same_v<quipu::gate_context<of_anything>, quipu::detail::any_context>);

}  // namespace

TEST_CASE("a gate can be asked by itself", "[guard][gate]") { CHECK_FALSE(plain{}(teller{1}, wish{2}).has_value()); }
