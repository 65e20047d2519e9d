// SPDX-License-Identifier: BSL-1.0
//
// A `previous` of another kind.
// expect: an event type and its `previous` have one kind
// expect: named
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 1;
  std::string full;
};
struct named {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
#else
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
#endif
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
  static named upcast(const named_v1& older) { return {older.full}; }
  std::string first;
};

std::string first_of(const quipu::event_view& stored) { return stored.as<named>().first; }

int main() {}
