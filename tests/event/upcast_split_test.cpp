// SPDX-License-Identifier: BSL-1.0
//
// upcast_split_test.cpp: upcasts that make none or several events of a stored one: what a view of it says, and what is
// asked of the types.
#include "../projection/frames.hpp"
#include "upcast_samples.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace upcasts;
using quipu::errc;
using quipu::event_list;
using quipu::detail::is_retired;
using quipu::detail::upcasts_singly;

// What is what.
static_assert(upcasts_singly<named> && upcasts_singly<moved> && upcasts_singly<moved_v1>);
static_assert(!upcasts_singly<moved_and_named> && !upcasts_singly<counted_v2> && !upcasts_singly<counted> &&
              !upcasts_singly<noted> && !upcasts_singly<either>);
static_assert(is_retired<moved_and_named> && is_retired<noted>);
static_assert(!is_retired<moved_and_named_v1> && !is_retired<moved> && !is_retired<counted> && !is_retired<either> &&
              !is_retired<named>);

namespace {

template <class Call>
std::optional<quipu::error> refusal_of(Call&& call) {
  try {
    call();
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

struct teller {
  std::string told{};
  void operator()(const moved& event) { told += "moved " + std::to_string(event.to) + ";"; }
  void operator()(const named& event) { told += "named " + std::to_string(event.number) + ";"; }
  void operator()(const counted& event) { told += "digit " + std::to_string(event.digit) + ";"; }
  void operator()(const either& event) { told += "either " + std::to_string(event.value) + ";"; }
};

using all = event_list<moved, named, moved_and_named, counted, noted, either>;

/// What a visitor of some events is told of a stored one, and whether it was told anything.
template <class Events, class Event>
std::string told_of(const Event& stored) {
  frames::log log;
  log.add(stored);
  teller telling;
  const bool visited = log.first_view().visit(Events{}, telling);
  CHECK(visited == !telling.told.empty());
  return telling.told;
}

}  // namespace

TEST_CASE("a visitor is given each event that a stored one is led up to, in order", "[event][upcast]") {
  CHECK(told_of<all>(moved_and_named_v1{3, 9}) == "moved 300;named 9;");
  CHECK(told_of<all>(counted_v1{305}) == "digit 3;digit 0;digit 5;");
  CHECK(told_of<all>(counted_v2{17}) == "digit 1;digit 7;");
  CHECK(told_of<all>(counted{9}) == "digit 9;");
  CHECK(told_of<all>(either_v1{5}) == "either 5;");
  CHECK(told_of<all>(either_v1{-5}) == "named 7;");
  CHECK(told_of<all>(either_v1{0}) == "moved 1;moved 2;");
  CHECK(told_of<all>(moved_v1{2}) == "moved 200;");
}

TEST_CASE("a visitor isn't given what was dropped", "[event][upcast]") {
  CHECK(told_of<all>(counted_v1{-1}).empty());
  CHECK(told_of<all>(noted_v1{"said"}).empty());
}

TEST_CASE("a visitor is given what it lists, and only where it lists the stored kind", "[event][upcast]") {
  CHECK(told_of<event_list<named, moved_and_named>>(moved_and_named_v1{3, 9}) == "named 9;");
  CHECK(told_of<event_list<moved_and_named>>(moved_and_named_v1{3, 9}).empty());
  CHECK(told_of<event_list<named, moved>>(moved_and_named_v1{3, 9}).empty());
  CHECK(told_of<event_list<either>>(either_v1{-5}).empty());
}

TEST_CASE("as gives the one event of its type, and try_as nothing where there isn't one", "[event][upcast]") {
  frames::log one;
  one.add(counted_v1{4});
  CHECK(one.first_view().as<counted>().digit == 4);
  CHECK(one.first_view().try_as<counted>()->digit == 4);
  CHECK(one.first_view().is<counted>());
  CHECK(one.first_view().try_as<counted_v2>()->value == 4);  // as version 2 of the program would
  const auto check_not_one = [](const frames::log& log, std::uint64_t count) {
    const auto refused = refusal_of([&] { static_cast<void>(log.first_view().as<counted>()); });
    REQUIRE(refused);
    CHECK(refused->code() == errc::kind_mismatch);
    CHECK(refused->actual() == count);
    CHECK_THAT(refused->what(),
               Catch::Contains("0x4004, version 1") && Catch::Contains("led up to " + std::to_string(count)));
    CHECK_FALSE(log.first_view().try_as<counted>());
    CHECK(log.first_view().is<counted>());  // what is stored
  };
  frames::log three;
  check_not_one(three.add(counted_v1{305}), 3);
  frames::log none;
  check_not_one(none.add(counted_v1{-1}), 0);
  frames::log choice;
  choice.add(either_v1{-5});
  CHECK_FALSE(choice.first_view().try_as<either>());
  CHECK_FALSE(choice.first_view().try_as<named>());  // of another kind than what is stored
}

TEST_CASE("a retired kind has no new events", "[event][upcast]") {
  for (const std::uint16_t stored : {std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{3}}) {
    frames::log log;
    log.add_raw(moved_and_named::kind, stored, "");
    const auto refused = refusal_of([&] { static_cast<void>(log.first_view().visit(all{}, teller{})); });
    REQUIRE(refused);
    CHECK(refused->code() == errc::schema_drift);
    CHECK(refused->actual() == stored);
    CHECK_THAT(refused->what(), Catch::Contains(stored == 3 ? "newer than this program's version 2"
                                                            : "the kind is retired with version 2"));
  }
}

TEST_CASE("chains that split refuse what no upcast reaches, and what isn't an encoding", "[event][upcast]") {
  const auto code_of = [](std::uint16_t stored, quipu::bytes_view payload) {
    frames::log log;
    log.add_raw(counted::kind, stored, payload);
    const auto refused = refusal_of([&] { static_cast<void>(log.first_view().visit(all{}, teller{})); });
    return refused ? refused->code() : errc{};
  };
  CHECK(code_of(4, quipu::encode(counted{1})) == errc::schema_drift);
  CHECK(code_of(3, quipu::encode(counted_v2{1})) == errc::decode_failed);
  CHECK(code_of(2, quipu::encode(counted{1})) == errc::decode_failed);
  CHECK(code_of(1, "abcde") == errc::decode_failed);
  CHECK(code_of(0, quipu::encode(counted{1})) == errc{});
}
