// SPDX-License-Identifier: BSL-1.0
//
// catalogue_test.cpp: catalogues that are complete; tests/compile_fail/catalogue_*.cpp are those that aren't.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#include <quipu/projection/catalogue.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <string>

using quipu::catalogue;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full{};
};
struct named_v2 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
  static named_v2 upcast(const named_v1& older) { return {older.full, ""}; }
  std::string first{}, last{};
};
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
  constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};
struct names {
  using events = quipu::event_list<named_v2>;
  std::string last{};
  void apply(const named_v2& e) { last = e.last; }
};
struct audit {
  using events = quipu::any_event;
  std::uint64_t count{};
  void apply(const quipu::event_view&) { ++count; }
};

static_assert(catalogue<deposited, withdrawn>::handled_by<account>);
static_assert(catalogue<deposited, withdrawn, named_v2>::handled_by<names, account>);
static_assert(catalogue<deposited, withdrawn, named_v2>::handled_by<audit>, "a projection of any event handles each");
static_assert(catalogue<deposited>::handled_by<account>, "projections may handle more");
static_assert(catalogue<named_v2, withdrawn>::complete);
static_assert(catalogue<named_v1>::complete, "a version of its own begins at 1");
static_assert(catalogue<deposited, withdrawn>::size == 2);
static_assert(std::is_same_v<catalogue<deposited, withdrawn>::events, quipu::event_list<deposited, withdrawn>>);

}  // namespace

TEST_CASE("a catalogue lists the kinds of its events in order", "[projection][catalogue]") {
  CHECK(catalogue<withdrawn, named_v2>::kinds() == std::array{withdrawn::kind, named_v2::kind});
}
