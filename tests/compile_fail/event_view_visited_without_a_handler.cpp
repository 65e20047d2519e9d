// SPDX-License-Identifier: BSL-1.0
//
// Visiting a stored event with a visitor that has no handler for one of the list's events.
// expect: visit\(event_list<E...>, visitor\): the visitor has no handler for Event
// expect: withdrawn
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};

struct handlers {
  void operator()(const deposited&) {}
#ifdef ACCEPT
  void operator()(const withdrawn&) {}
#endif
};

bool look(const quipu::event_view& seen) {
  return seen.visit(quipu::event_list<deposited, withdrawn>{}, handlers{});
}

int main() {}
