// SPDX-License-Identifier: BSL-1.0
//
// tag_events.cpp: events that belong to several things, found by each of them.
#include <quipu.hpp>

#include <array>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

// [events]
struct course_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string course{};
  std::uint32_t seats{};
  std::array<std::string, 1> tags() const { return {"course:" + course}; }
};
struct subscribed {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string course{};
  std::string student{};
  std::array<std::string, 2> tags() const { return {"course:" + course, "student:" + student}; }
};
struct term_ended {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  static constexpr std::array<std::string_view, 1> tags{"calendar"};
};
// [/events]

namespace {

template <class Events>
void print(const char* what, const Events& events) {
  std::cout << what << ':';
  for (const quipu::event_view& each : events) std::cout << ' ' << each.sequence();
  std::cout << '\n';
}

}  // namespace

int main() {
  quipu::store store{quipu::config{.directory = "school"}};
  // [append]
  store.append({"course:sql", "term 1"}, course_opened{"sql", 9});
  store.append({"enrolment:1", "term 1"}, subscribed{"sql", "ada"});
  store.append({"enrolment:2", "term 1"}, subscribed{"sql", "bob"}, {.tags = {"paid in cash"}});
  store.append({"calendar", "term 1"}, term_ended{});
  // [/append]

  // [query]
  using quipu::region;
  print("of the course", store.query(region::tag("course:sql")));
  print("of ada in it", store.query(region::tag("course:sql").with_tag("student:ada")));
  print("of ada or bob",
        store.query(region::any_of({region::tag("student:ada"), region::tag("student:bob")})));
  const region subscriptions = region::tag("course:sql").with_events<subscribed>();
  print("the last first", store.query(subscriptions).reverse());
  // [/query]

  // [view]
  for (const std::string_view tag : store.last(region::tag("paid in cash"))->tags())
    std::cout << tag << '\n';
  // [/view]
}
