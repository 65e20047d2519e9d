// SPDX-License-Identifier: BSL-1.0
//
// fold_upcast_test.cpp: folding events of older versions whose upcasts give none, one or several: from a log, and from
// values, which agree; in constant expressions; and what a fingerprint knows of the versions.
#include "../event/upcast_samples.hpp"
#include "frames.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/fingerprint.hpp>
#include <quipu/projection/fold.hpp>
#include <quipu/projection/given.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <variant>

using namespace upcasts;
using quipu::errc;
using quipu::event_list;
using quipu::fingerprint;
using quipu::fold;

namespace {

struct place {
  using events = event_list<moved, named, moved_and_named, noted, either>;
  std::int64_t to{};
  std::uint32_t number{};
  std::uint32_t folded{};
  constexpr void apply(const moved& event) { to = event.to, ++folded; }
  constexpr void apply(const named& event) { number = event.number, ++folded; }
  constexpr void apply(const either&) { ++folded; }
};

/// Only where things went: old events that also named them are read for that.
struct whereabouts {
  using events = event_list<moved, moved_and_named>;
  std::int64_t to{};
  constexpr void apply(const moved& event) { to = event.to; }
};

struct set_off {
  std::int64_t to{};
};
constexpr quipu::outcome<moved> decide(const place& now, const set_off& wish) {
  if (wish.to == now.to) return quipu::outcome_error{quipu::error_kind::validation, "there already"};
  return moved{wish.to, 2};
}

// While compiling: older versions are led up, split, dropped.
static_assert(quipu::projection<place> && quipu::projection<whereabouts> && quipu::projection<history>);
static_assert(fold<place>(moved_v1{3}).to == 300);
static_assert(fold<place>(moved_and_named_v1{4, 8}).to == 400 && fold<place>(moved_and_named_v1{4, 8}).number == 8);
static_assert(fold<place>(moved_and_named_v1{4, 8}, moved{5, 2}).folded == 3);
static_assert(fold<whereabouts>(moved{5, 2}, moved_and_named_v1{4, 8}).to == 400);
static_assert(fold<whereabouts>(named{5}, either_v1{0}).to == 0);  // kinds that it doesn't list
static_assert(fold<place>(either_v1{0}).to == 2 && fold<place>(either_v1{-1}).number == 7 &&
              fold<place>(either_v1{1}).folded == 1);
static_assert(quipu::given<place>(moved_and_named_v1{4, 8}).when(set_off{1}).then(moved{1, 2}));
static_assert(quipu::given<place>(moved_v1{4}).when(set_off{400}).then_error(quipu::error_kind::validation));
// Nobody can decide what nobody can append.
static_assert(std::is_same_v<quipu::events_for<place>, std::variant<moved, named, either>>);

std::string hex(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}
std::uint64_t hash(const std::string& text) { return quipu::fingerprint_of_text(text); }
template <class Type>
std::string shape() {
  return hex(hash(std::string{quipu::schema_text<Type>()}));
}

template <class... Events>
struct state_of {
  using events = event_list<Events...>;
  static constexpr std::string_view name = "state_of";
  std::int64_t value{};
  template <class Event>
  void apply(const Event&) {}
};

/// One kind whose second version comes about in different ways.
struct first {
  static constexpr auto kind = quipu::event_kind::custom(4, 9);
  std::int32_t value{};
};
struct first_of_another_shape {
  static constexpr auto kind = quipu::event_kind::custom(4, 9);
  std::int64_t value{};
};
#define QUIPU_TEST_SECOND(name, older, ...)                       \
  struct name {                                                   \
    static constexpr auto kind = quipu::event_kind::custom(4, 9); \
    static constexpr std::uint16_t version = 2;                   \
    using previous = older;                                       \
    static __VA_ARGS__ upcast(const older&) { return {}; }        \
    std::int32_t value{};                                         \
  }
QUIPU_TEST_SECOND(plainly, first, plainly);
QUIPU_TEST_SECOND(plainly_again, first, plainly_again);
QUIPU_TEST_SECOND(of_another_shape, first_of_another_shape, of_another_shape);
QUIPU_TEST_SECOND(maybe, first, std::optional<maybe>);
QUIPU_TEST_SECOND(twice, first, std::tuple<twice, twice>);
QUIPU_TEST_SECOND(many, first, std::vector<many>);
QUIPU_TEST_SECOND(with_name, first, std::tuple<with_name, named>);
QUIPU_TEST_SECOND(with_move, first, std::tuple<with_move, moved>);
QUIPU_TEST_SECOND(with_old_move, first, std::tuple<with_old_move, moved_v1>);
QUIPU_TEST_SECOND(or_name, first, std::variant<or_name, named>);
#undef QUIPU_TEST_SECOND
struct without_the_past {
  static constexpr auto kind = quipu::event_kind::custom(4, 9);
  static constexpr std::uint16_t version = 2;
  std::int32_t value{};
};

}  // namespace

TEST_CASE("a log's older events are folded as what they are led up to, in order", "[projection][upcast]") {
  frames::log log;
  log.add(moved_v1{1}).add(moved_and_named_v1{2, 20}).add(counted_v1{305}).add(counted_v1{-1}).add(noted_v1{"said"});
  log.add(either_v1{0})
      .add(either_v1{-1})
      .add(either_v1{3})
      .add(counted_v2{17})
      .add(counted{9})
      .add(moved{5, 2})
      .add(named{6});
  history state;
  quipu::detail::fold_frames(state, log.first(), log.last(), log.chained);
  CHECK(state.told ==
        "moved 100/1;moved 200/1;named 20;digit 3 of 2@1;digit 0 of 2@1;digit 5 of 2@1;moved 1/6;moved 2/6;named "
        "7;either 3;"
        "digit 1 of 8@2;digit 7 of 8@2;digit 9 of 9@3;moved 5/2;named 6;");
  const auto same =
      fold<history>(moved_v1{1}, moved_and_named_v1{2, 20}, counted_v1{305}, counted_v1{-1}, noted_v1{"said"},
                    either_v1{0}, either_v1{-1}, either_v1{3}, counted_v2{17}, counted{9}, moved{5, 2}, named{6});
  CHECK(same.told == state.told);
}

TEST_CASE("a state that lists only some of what an event is led up to passes over the rest", "[projection][upcast]") {
  frames::log log;
  log.add(moved_v1{1}).add(moved_and_named_v1{2, 20}).add(named{3}).add(either_v1{0});
  whereabouts state;
  quipu::detail::fold_frames(state, log.first(), log.last(), log.chained);
  CHECK(state.to == 200);
}

TEST_CASE("a range and a variant of older versions are led up", "[projection][upcast]") {
  using any_version = std::variant<moved, moved_v1, moved_and_named_v1>;
  const std::vector<any_version> events{moved_v1{1}, moved_and_named_v1{2, 20}, moved{7, 2}, moved_v1{3}};
  CHECK(fold<place>(events).to == 300);
  CHECK(fold<place>(events).folded == 5);
  quipu::event<moved_and_named_v1> envelope{};
  envelope.payload = {4, 8};
  CHECK(fold<place>(envelope).to == 400);
}

TEST_CASE("an event whose upcast dropped it was folded, and an internal frame wasn't", "[projection][upcast]") {
  frames::log log;
  log.add(noted_v1{"said"});
  history state;
  CHECK(quipu::detail::fold_view(state, log.first_view()));
  CHECK(state.told.empty());
  frames::log internal;
  internal.add_raw(noted::kind, 1, quipu::encode(noted_v1{"said"}), quipu::detail::frame_flags::internal);
  CHECK_FALSE(quipu::detail::fold_view(state, internal.first_view()));
}

TEST_CASE("a retired kind's newest version and a damaged older one stop a fold", "[projection][upcast]") {
  const auto code_of = [](std::uint16_t version, quipu::bytes_view payload) {
    frames::log log;
    log.add_raw(moved_and_named::kind, version, payload);
    place state;
    try {
      quipu::detail::fold_frames(state, log.first(), log.last(), log.chained);
    } catch (const quipu::error& failed) {
      return failed.code();
    }
    return errc{};
  };
  CHECK(code_of(2, "") == errc::schema_drift);
  CHECK(code_of(0, "") == errc::schema_drift);
  CHECK(code_of(3, "") == errc::schema_drift);
  CHECK(code_of(1, "short") == errc::decode_failed);
  CHECK(code_of(1, quipu::encode(moved_and_named_v1{1, 2})) == errc{});
}

TEST_CASE("a fingerprint has the older versions as documented", "[projection][upcast][fingerprint]") {
  const std::string now = "4009@2=" + shape<plainly>();
  const std::string before = "4009@1=" + shape<first>();
  const std::string begin = "projection:" + hex(hash("state_of")) + ";";
  const auto line = [&](const std::string& chain) {
    return begin + shape<state_of<plainly>>() + ";version:0;" + now + "<" + chain;
  };
  CHECK(fingerprint<state_of<plainly>>() == hash(line(hex(hash("upcast:" + now + ":.:" + before)))));
  const std::string one = hex(hash("."));
  CHECK(fingerprint<state_of<maybe>>() ==
        hash(line(hex(hash("upcast:" + now + ":" + hex(hash("optional:" + one)) + ":" + before)))));
  const std::string other = hex(hash("4002@1=" + shape<named>()));
  CHECK(fingerprint<state_of<or_name>>() ==
        hash(line(hex(hash("upcast:" + now + ":" + hex(hash("variant:" + one + ":" + other)) + ":" + before)))));
  // Three versions: the chain of the one before stands behind it.
  const std::string second_print = "4004@2=" + shape<counted_v2>();
  const std::string second_chain =
      hex(hash("upcast:" + second_print + ":" + hex(hash("optional:" + one)) + ":4004@1=" + shape<counted_v1>()));
  const std::string third_print = "4004@3=" + shape<counted>();
  const std::string third_chain =
      hex(hash("upcast:" + third_print + ":" + hex(hash("many:" + one)) + ":" + second_print + "<" + second_chain));
  CHECK(fingerprint<state_of<counted>>() ==
        hash(begin + shape<state_of<counted>>() + ";version:0;" + third_print + "<" + third_chain));
}

TEST_CASE("a fingerprint tells apart what upcasts return, and from which shape", "[projection][upcast][fingerprint]") {
  const std::vector<std::uint64_t> prints{
      fingerprint<state_of<plainly>>(),   fingerprint<state_of<of_another_shape>>(),
      fingerprint<state_of<maybe>>(),     fingerprint<state_of<twice>>(),
      fingerprint<state_of<many>>(),      fingerprint<state_of<with_name>>(),
      fingerprint<state_of<with_move>>(), fingerprint<state_of<with_old_move>>(),
      fingerprint<state_of<or_name>>(),   fingerprint<state_of<without_the_past>>()};
  for (std::size_t left = 0; left < prints.size(); ++left)
    for (std::size_t right = 0; right < left; ++right) {
      CAPTURE(left, right);
      CHECK(prints[left] != prints[right]);
    }
  CHECK(fingerprint<state_of<plainly>>() == fingerprint<state_of<plainly_again>>());
}
