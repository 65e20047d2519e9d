// SPDX-License-Identifier: BSL-1.0
//
// An upcast that returns an event of a kind that is retired.
// expect: `upcast` returns an event of a kind that is retired
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

#include <tuple>

struct noted_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  std::string text;
};
struct noted {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = noted_v1;
  static std::tuple<> upcast(const noted_v1&) { return {}; }
};
struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full;
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
#ifdef ACCEPT
  static std::tuple<named, noted_v1> upcast(const named_v1& older) { return {named{older.full}, noted_v1{}}; }
#else
  static std::tuple<named, noted> upcast(const named_v1& older) { return {named{older.full}, noted{}}; }
#endif
  std::string first;
};

bool look(const quipu::event_view& stored) {
  return stored.visit(quipu::event_list<named>{}, [](const named&) {});
}

int main() {}
