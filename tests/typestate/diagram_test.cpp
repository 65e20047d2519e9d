// SPDX-License-Identifier: BSL-1.0
//
// diagram_test.cpp: the pictures, letter by letter.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#include <quipu/typestate/diagram.hpp>
#endif

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>

using quipu::state_machine;
using quipu::transition;

namespace {

struct is_open {};
struct is_closed {};
struct is_locked {};
struct door_closed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
struct door_opened {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
};
struct door_locked {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
};
using door = state_machine<transition<is_open, door_closed, is_closed>, transition<is_closed, door_opened, is_open>,
                           transition<is_closed, door_locked, is_locked>>;

constexpr std::string_view door_in_mermaid =
    "stateDiagram-v2\n"
    "  state \"is_open\" as s0\n"
    "  state \"is_closed\" as s1\n"
    "  state \"is_locked\" as s2\n"
    "  [*] --> s0\n"
    "  s0 --> s1 : door_closed\n"
    "  s1 --> s0 : door_opened\n"
    "  s1 --> s2 : door_locked\n"
    "  s2 --> [*]\n";
constexpr std::string_view door_in_dot =
    "digraph {\n"
    "  rankdir=LR;\n"
    "  start [shape=point];\n"
    "  s0 [label=\"is_open\"];\n"
    "  s1 [label=\"is_closed\"];\n"
    "  s2 [label=\"is_locked\", peripheries=2];\n"
    "  start -> s0;\n"
    "  s0 -> s1 [label=\"door_closed\"];\n"
    "  s1 -> s0 [label=\"door_opened\"];\n"
    "  s1 -> s2 [label=\"door_locked\"];\n"
    "}\n";
static_assert(quipu::mermaid<door>() == door_in_mermaid);
static_assert(quipu::dot<door>() == door_in_dot);

/// Names that end a label, or a line, where they are written.
struct awkward {
  static constexpr std::string_view name = "a \"b\"; #c\\\n";
};
struct endless {
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
  static constexpr std::string_view name = "x:y";
};
static_assert(endless::kind.type() == 4);
using awkward_machine = state_machine<transition<awkward, endless, awkward>>;
static_assert(quipu::mermaid<awkward_machine>() ==
              "stateDiagram-v2\n  state \"a #quot;b#quot;#59; #35;c\\ \" as s0\n  [*] --> s0\n  s0 --> s0 : x#58;y\n");
static_assert(
    quipu::dot<awkward_machine>() ==
    "digraph {\n  rankdir=LR;\n  start [shape=point];\n  s0 [label=\"a \\\"b\\\"; #c\\\\ \"];\n  start -> s0;\n"
    "  s0 -> s0 [label=\"x:y\"];\n}\n");

template <int number>
struct step {
  static constexpr auto kind = quipu::event_kind::custom(3, number);
};
template <int number>
struct place {};
template <class Numbers>
struct make_ring;
template <int... numbers>
struct make_ring<std::integer_sequence<int, numbers...>> {
  using type = state_machine<transition<place<numbers>, step<numbers>, place<(numbers + 1) % 12>>...>;
};
using ring = make_ring<std::make_integer_sequence<int, 12>>::type;

}  // namespace

TEST_CASE("a diagram of many states counts past ten, and keeps states apart", "[typestate][diagram]") {
  const std::string drawn{quipu::mermaid<ring>()};
  CHECK_THAT(drawn, Catch::Contains("\" as s10\n") && Catch::Contains("\" as s11\n") &&
                        Catch::Contains("  s10 --> s11 : step<10>"));
  CHECK_THAT(drawn, Catch::Contains("  s11 --> s0 : step<11>"));
  CHECK_THAT(std::string{quipu::dot<ring>()},
             Catch::Contains("  s9 -> s10 [label=\"step<9>\"];") && !Catch::Contains("peripheries"));
}

TEST_CASE("a diagram is there at run time, too", "[typestate][diagram]") {
  CHECK(quipu::mermaid<door>() == door_in_mermaid);
  CHECK(quipu::dot<door>() == door_in_dot);
}
