// SPDX-License-Identifier: BSL-1.0
//
// fingerprint_test.cpp: the fingerprint of projections: literal values, the same on every compiler, standard library
// and platform; the text that is hashed, written out; and what it tells apart.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#include <quipu/projection/fingerprint.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

using quipu::event_list;
using quipu::fingerprint;

namespace {

template <unsigned type, std::uint16_t number = 1, class Number = std::int64_t>
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(0xF, type);
  static constexpr std::uint16_t version = number;
  Number cents{};
};
template <unsigned type>
struct paid_by_another_name {
  static constexpr auto kind = quipu::event_kind::custom(0xF, type);
  std::int64_t euros{};
};

struct balance {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct balance_version_1 {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  static constexpr std::uint64_t version = 1;
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct balance_version_large {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  static constexpr std::uint64_t version = 18446744073709551615U;
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct balance_in_doubles {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  double cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct balance_by_another_name {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  std::int64_t euros{};
  template <class Event>
  void apply(const Event&) {}
};
struct two_fields {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  std::int64_t first{};
  std::int64_t second{};
  template <class Event>
  void apply(const Event&) {}
};
struct two_fields_turned {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balance";
  std::int64_t second{};
  std::int64_t first{};
  template <class Event>
  void apply(const Event&) {}
};
template <class... Events>
struct balance_of {
  using events = event_list<Events...>;
  static constexpr std::string_view name = "balance";
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct tally {
  using events = quipu::any_event;
  static constexpr std::string_view name = "balance";
  std::uint64_t count{};
  void apply(const quipu::event_view&) {}
};
struct not_encodable {
  using events = event_list<paid<1>>;
  static constexpr std::string_view name = "balance";
  std::unique_ptr<int[]> kept{};
  void apply(const paid<1>&) {}
};
struct balance_with_another_label {
  using events = event_list<paid<1>, paid<2>>;
  static constexpr std::string_view name = "balances";
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
/// Named by the compiler.
struct unnamed_balance {
  using events = event_list<paid<1>, paid<2>>;
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
struct other_unnamed_balance : unnamed_balance {};
template <class Number, class... Parts>
struct balance_for {
  using events = event_list<paid<1>, paid<2>>;
  std::int64_t cents{};
  template <class Event>
  void apply(const Event&) {}
};
/// Its member called `name` is a part of the state, or a function: neither names the projection.
struct balance_with_owner {
  using events = event_list<paid<1>, paid<2>>;
  std::string name{};
  template <class Event>
  void apply(const Event&) {}
};
struct balance_that_tells_its_name {
  using events = event_list<paid<1>, paid<2>>;
  std::int64_t cents{};
  static std::string_view name() { return "balance"; }
  template <class Event>
  void apply(const Event&) {}
};
struct same_shape_without_events {
  std::int64_t cents{};
};

std::string hex(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}
template <class Type>
std::string shape() {
  return hex(quipu::fingerprint_of_text(quipu::schema_text<Type>()));
}

}  // namespace

// Another value here means that every cache out there is folded again: never change these. (They changed once, when the
// projection's name became a part of what is hashed.)
static_assert(fingerprint<balance>() == 0xC8469AB83B0B7E35U);
static_assert(fingerprint<balance_version_1>() == 0xB2F9A8D9588D961BU);
static_assert(fingerprint<tally>() == 0xF16BE69D3FF0553DU);
static_assert(fingerprint<not_encodable>() == 0x963841DD0BE70843U);
static_assert(fingerprint<balance_of<paid<0xABC, 65535>>>() == 0xBC7EF854F5A3422AU);

static_assert(std::is_same_v<decltype(fingerprint<balance>()), std::uint64_t>);

TEST_CASE("a projection's fingerprint is the hash of the documented text", "[projection][fingerprint]") {
  const std::string state = shape<balance>();
  CHECK(state == shape<same_shape_without_events>());
  const std::string events = ";F001@1=" + shape<paid<1>>() + ";F002@1=" + shape<paid<2>>();
  const auto hash = [](const std::string& text) { return quipu::fingerprint_of_text(text); };
  const std::string begin = "projection:" + hex(hash("balance")) + ";";
  CHECK(fingerprint<balance>() == hash(begin + state + ";version:0" + events));
  CHECK(fingerprint<balance_version_1>() == hash(begin + state + ";version:1" + events));
  CHECK(fingerprint<balance_version_large>() == hash(begin + state + ";version:18446744073709551615" + events));
  CHECK(fingerprint<tally>() == hash(begin + shape<tally>() + ";version:0;any"));
  CHECK(fingerprint<not_encodable>() == hash(begin + "-;version:0;F001@1=" + shape<paid<1>>()));
  const std::string rest = ";" + state + ";version:0" + events;
  CHECK(fingerprint<unnamed_balance>() == hash("projection:" + hex(hash("{anonymous}::unnamed_balance")) + rest));
  CHECK(fingerprint<balance_that_tells_its_name>() ==
        hash("projection:" + hex(hash("{anonymous}::balance_that_tells_its_name")) + rest));
  CHECK(fingerprint<balance_for<unsigned long, balance_for<short>, std::string>>() ==
        hash("projection:" +
             hex(hash("{anonymous}::balance_for<unsigned long,{anonymous}::balance_for<short>,"
                      "std::basic_string<char>>")) +
             rest));
}

TEST_CASE("a projection's fingerprint tells apart what must be folded again", "[projection][fingerprint]") {
  std::map<std::uint64_t, const char*> seen;
  const auto distinct = [&seen](std::uint64_t print, const char* what) {
    const auto [at, is_new] = seen.emplace(print, what);
    CAPTURE(what, at->second);
    CHECK(is_new);
  };
  distinct(fingerprint<balance>(), "the original");
  distinct(fingerprint<balance_with_another_label>(), "another name");
  distinct(fingerprint<unnamed_balance>(), "no name");
  distinct(fingerprint<other_unnamed_balance>(), "another type without a name");
  distinct(fingerprint<balance_for<int>>(), "a template of another argument");
  distinct(fingerprint<balance_for<unsigned>>(), "and of a third one");
  distinct(fingerprint<balance_with_owner>(), "a field called name");
  distinct(fingerprint<balance_version_1>(), "version of the logic");
  distinct(fingerprint<balance_version_large>(), "a large version");
  distinct(fingerprint<balance_in_doubles>(), "type of a field of the state");
  distinct(fingerprint<balance_by_another_name>(), "name of a field of the state");
  distinct(fingerprint<two_fields>(), "one more field");
  distinct(fingerprint<two_fields_turned>(), "order of the fields");
  distinct(fingerprint<balance_of<paid<1>>>(), "one event fewer");
  distinct(fingerprint<balance_of<paid<1>, paid<2>, paid<3>>>(), "one event more");
  distinct(fingerprint<balance_of<paid<1>, paid<3>>>(), "another kind");
  distinct(fingerprint<balance_of<paid<1>, paid<2, 2>>>(), "another version of an event");
  distinct(fingerprint<balance_of<paid<1, 2>, paid<2>>>(), "another version of the other event");
  distinct(fingerprint<balance_of<paid<1>, paid<2, 1, std::int32_t>>>(), "type of a field of an event");
  distinct(fingerprint<balance_of<paid<1>, paid_by_another_name<2>>>(), "name of a field of an event");
  distinct(fingerprint<tally>(), "raw events");
  distinct(fingerprint<same_shape_without_events>(), "the same shape that isn't a projection");
}

TEST_CASE("a projection's fingerprint doesn't tell apart what folds alike", "[projection][fingerprint]") {
  CHECK(fingerprint<balance_of<paid<1>, paid<2>>>() == fingerprint<balance>());
  CHECK(fingerprint<balance_of<paid<2>, paid<1>>>() == fingerprint<balance>());
  CHECK(fingerprint<balance_of<paid<3>, paid<1>, paid<2>>>() == fingerprint<balance_of<paid<1>, paid<2>, paid<3>>>());
}
