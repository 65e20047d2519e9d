// SPDX-License-Identifier: BSL-1.0
//
// consistency.cpp: a course with a limit of seats, and a student with a limit of courses: one
// decision over the events of both.
#include <quipu.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

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
// [/events]

// [decision]
struct subscribe {
  std::string course{};
  std::string student{};
};

struct enrolment {
  using events = quipu::event_list<course_opened, subscribed>;
  std::map<std::string, std::uint32_t> free_seats{};
  std::map<std::string, std::uint32_t> courses_of{};

  void apply(const course_opened& event) { free_seats[event.course] = event.seats; }
  void apply(const subscribed& event) {
    --free_seats[event.course];
    ++courses_of[event.student];
  }

  static quipu::outcome<subscribed> decide(const enrolment& now, const subscribe& command) {
    const auto seats = now.free_seats.find(command.course);
    if (seats == now.free_seats.end() || seats->second == 0)
      return quipu::outcome_error{quipu::error_kind::validation, "no seat is free"};
    const auto courses = now.courses_of.find(command.student);
    if (courses != now.courses_of.end() && courses->second >= 2)
      return quipu::outcome_error{quipu::error_kind::validation, "two courses are enough"};
    return subscribed{command.course, command.student};
  }
};
// [/decision]

int main() {
  quipu::store store{quipu::config{.directory = "school"}};
  store.append({"course:c++", "term 1"}, course_opened{"c++", 1});
  store.append({"course:sql", "term 1"}, course_opened{"sql", 9});

  // [execute]
  using quipu::region;
  const auto enrol = [&](const std::string& student, const std::string& course) {
    const region of_both =
        region::any_of({region::tag("course:" + course), region::tag("student:" + student)});
    const auto done = store.execute<enrolment>(of_both, {"student:" + student, "term 1"},
                                               subscribe{course, student});
    std::cout << student << ", " << course << ": " << (done ? "subscribed" : done.error().message)
              << '\n';
  };
  enrol("ada", "c++");
  enrol("bob", "c++");
  enrol("bob", "sql");
  // [/execute]

  // [condition]
  const quipu::region names = quipu::region::entity_prefix("student:");
  const auto last = store.last(names);  // what the decision has seen
  const auto nothing_since =
      last ? quipu::none_since(names, last->sequence()) : quipu::none_ever(names);
  store.append({"student:eve", "term 1"}, subscribed{"sql", "eve"});  // somebody is faster
  try {
    store.append({"report", "term 1"}, course_opened{"report", 0}, {.condition = nothing_since});
  } catch (const quipu::conflict_error& conflict) {
    for (const quipu::event_view& each : conflict.between())
      std::cout << "in between: event " << each.sequence() << " of " << each.entity() << '\n';
  }
  // [/condition]
}
