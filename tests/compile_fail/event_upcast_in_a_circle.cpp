// SPDX-License-Identifier: BSL-1.0
//
// Upcasts of two kinds that lead to each other's older versions, for ever: one error for each kind.
// expect: upcasts lead from an event back to itself
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

#include <tuple>

struct left_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
};
struct right_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
};
struct left {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = left_v1;
  static std::tuple<left, right_v1> upcast(const left_v1&) { return {}; }
};
struct right {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = right_v1;
#ifdef ACCEPT
  static std::tuple<right> upcast(const right_v1&) { return {}; }
#else
  static std::tuple<right, left_v1> upcast(const right_v1&) { return {}; }
#endif
};

bool look(const quipu::event_view& stored) {
  return stored.visit(quipu::event_list<left, right>{}, [](const auto&) {});
}

int main() {}
