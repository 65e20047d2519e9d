// SPDX-License-Identifier: BSL-1.0
//
// projection_test.cpp: which types are projections and which can be cached, as tables. Each type that is refused
// differs in one thing from one that isn't; what the compiler says of it is judged by compile_fail/projection_*.cpp.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#include <quipu/projection/projection.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

using quipu::any_event;
using quipu::cacheable;
using quipu::event_header;
using quipu::event_list;
using quipu::event_view;
using quipu::projection;

namespace {

struct first {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct second {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string text{};
};
struct first_again {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
};
struct derived_from_first : first {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
};
struct converts_to_first {
  static constexpr auto kind = quipu::event_kind::custom(1, 4);
  std::int64_t cents{};
  operator first() const { return {cents}; }
};
struct without_kind {
  std::int64_t cents{};
};
struct with_a_pointer {
  static constexpr auto kind = quipu::event_kind::custom(1, 5);
  const char* text{};
};
struct kind_from_outside {
  std::int64_t cents{};
};

}  // namespace

template <>
inline constexpr quipu::event_kind quipu::kind_of<kind_from_outside> = quipu::event_kind::custom(1, 6);

namespace {

// What models `projection`.

struct plain {
  using events = event_list<first, second>;
  std::int64_t cents{};
  void apply(const first&) {}
  void apply(const second&) {}
};
struct with_header {
  using events = event_list<first>;
  void apply(const first&, const event_header&) {}
};
struct both_ways {
  using events = event_list<first>;
  void apply(const first&) {}
  void apply(const first&, const event_header&) {}
};
struct noexcept_apply {
  using events = event_list<first>;
  void apply(const first&) noexcept {}
};
struct by_value {
  using events = event_list<first>;
  void apply(first) {}
};
struct by_template {
  using events = event_list<first, second>;
  template <class Event>
  void apply(const Event&) {}
};
struct inherits_its_apply : plain {};
struct of_outside_kind {
  using events = event_list<kind_from_outside>;
  void apply(const kind_from_outside&) {}
};
struct handles_more_than_it_lists {
  using events = event_list<first>;
  void apply(const first&) {}
  void apply(const second&) {}
};
struct listed_with_its_base_and_handled {
  using events = event_list<first, second>;
  void apply(const first&) {}
  void apply(const second&) {}
  void apply(const derived_from_first&) {}
};
struct version_of_logic {
  using events = event_list<first>;
  static constexpr std::uint64_t version = 7;
  void apply(const first&) {}
};
struct version_of_an_int {
  using events = event_list<first>;
  static constexpr int version = 7;
  void apply(const first&) {}
};
struct version_as_a_field {
  using events = event_list<first>;
  std::string version{};
  void apply(const first&) {}
};
struct raw {
  using events = any_event;
  void apply(const event_view&) {}
};
struct move_only {
  using events = event_list<first>;
  std::unique_ptr<int[]> cannot_be_encoded{};
  void apply(const first&) {}
};

static_assert(projection<plain> && projection<with_header> && projection<both_ways> && projection<noexcept_apply> &&
              projection<by_value>);
static_assert(projection<by_template> && projection<inherits_its_apply> && projection<of_outside_kind>);
static_assert(projection<handles_more_than_it_lists> && projection<listed_with_its_base_and_handled>);
static_assert(projection<version_of_logic> && projection<version_of_an_int> && projection<version_as_a_field>);
static_assert(projection<raw> && projection<move_only>);

// What doesn't.

struct without_events {
  void apply(const first&) {}
};
struct private_events {
 private:
  using events = event_list<first>;

 public:
  void apply(const first&) {}
};
struct a_tuple_of_events {
  using events = std::tuple<first>;
  void apply(const first&) {}
};
struct empty_list {
  using events = event_list<>;
};
struct missing_second {
  using events = event_list<first, second>;
  void apply(const first&) {}
};
struct private_apply {
  using events = event_list<first>;

 private:
  [[maybe_unused]] void apply(const first&) {}
};
struct apply_as_data {
  using events = event_list<first>;
  int apply{};
};
struct mutable_reference {
  using events = event_list<first>;
  void apply(first&) {}
};
struct rvalue_reference {
  using events = event_list<first>;
  void apply(first&&) {}
};
struct returns_something {
  using events = event_list<first>;
  int apply(const first&) { return 0; }
};
struct same_kind_twice {
  using events = event_list<first, first_again>;
  void apply(const first&) {}
  void apply(const first_again&) {}
};
struct listed_twice {
  using events = event_list<first, first>;
  void apply(const first&) {}
};
struct handled_by_the_base_alone {
  using events = event_list<first, derived_from_first>;
  void apply(const first&) {}
};
struct handled_by_conversion_alone {
  using events = event_list<first, converts_to_first>;
  void apply(first) {}
};
struct event_without_kind {
  using events = event_list<without_kind>;
  void apply(const without_kind&) {}
};
struct event_without_encoding {
  using events = event_list<with_a_pointer>;
  void apply(const with_a_pointer&) {}
};
struct list_of_references {
  using events = event_list<const first&>;
  void apply(const first&) {}
};
struct list_of_consts {
  using events = event_list<const first>;
  void apply(const first&) {}
};
struct without_default {
  using events = event_list<first>;
  explicit without_default(int) {}
  void apply(const first&) {}
};
struct immovable {
  using events = event_list<first>;
  immovable() = default;
  immovable(const immovable&) = delete;
  void apply(const first&) {}
};
struct negative_version {
  using events = event_list<first>;
  static constexpr int version = -1;
  void apply(const first&) {}
};
struct version_of_text {
  using events = event_list<first>;
  static constexpr const char* version = "1";
  void apply(const first&) {}
};
struct version_at_run_time {
  using events = event_list<first>;
  static inline std::uint64_t version = 1;
  void apply(const first&) {}
};
struct raw_without_apply {
  using events = any_event;
  void apply(const first&) {}
};
struct raw_by_mutable_reference {
  using events = any_event;
  void apply(event_view&) {}
};
struct raw_that_returns {
  using events = any_event;
  bool apply(const event_view&) { return true; }
};

static_assert(!projection<int> && !projection<void> && !projection<plain&> && !projection<const plain> &&
              !projection<plain*>);
static_assert(!projection<without_events> && !projection<private_events> && !projection<a_tuple_of_events> &&
              !projection<empty_list>);
static_assert(!projection<missing_second> && !projection<private_apply> && !projection<apply_as_data>);
static_assert(!projection<mutable_reference> && !projection<rvalue_reference> && !projection<returns_something>);
static_assert(!projection<same_kind_twice> && !projection<listed_twice>);
static_assert(!projection<handled_by_the_base_alone> && !projection<handled_by_conversion_alone>);
static_assert(!projection<event_without_kind> && !projection<event_without_encoding>);
static_assert(!projection<list_of_references> && !projection<list_of_consts>);
static_assert(!projection<without_default> && !projection<immovable>);
static_assert(!projection<negative_version> && !projection<version_of_text> && !projection<version_at_run_time>);
static_assert(!projection<raw_without_apply> && !projection<raw_by_mutable_reference> && !projection<raw_that_returns>);

// What can be cached.

struct with_nested_state {
  using events = event_list<first>;
  std::map<std::string, std::int64_t> totals{};
  void apply(const first&) {}
};
struct raw_with_state {
  using events = any_event;
  std::uint64_t count{};
  void apply(const event_view&) {}
};
struct encodable_and_no_projection {
  std::int64_t cents{};
};

static_assert(cacheable<plain> && cacheable<with_nested_state> && cacheable<raw_with_state> &&
              cacheable<version_as_a_field>);
static_assert(!cacheable<move_only> && !cacheable<missing_second> && !cacheable<encodable_and_no_projection> &&
              !cacheable<int>);

// What the library's own layers ask.

static_assert(!quipu::detail::takes_header<plain, first> && quipu::detail::takes_header<with_header, first>);
static_assert(quipu::detail::takes_header<both_ways, first>, "an apply with a header is preferred");
static_assert(quipu::detail::projection_version<plain>() == 0 &&
              quipu::detail::projection_version<version_of_logic>() == 7);
static_assert(quipu::detail::projection_version<version_of_an_int>() == 7 &&
              quipu::detail::projection_version<version_as_a_field>() == 0);
static_assert(quipu::detail::folds_any_event<raw> && !quipu::detail::folds_any_event<plain>);

template <class State>
constexpr bool accepted_by_constraint() {
  return false;
}
template <projection State>
constexpr bool accepted_by_constraint() {
  return true;
}

}  // namespace

TEST_CASE("projection and cacheable constrain templates", "[projection]") {
  CHECK(accepted_by_constraint<plain>());
  CHECK(accepted_by_constraint<raw>());
  CHECK_FALSE(accepted_by_constraint<missing_second>());
  CHECK_FALSE(accepted_by_constraint<int>());
}
