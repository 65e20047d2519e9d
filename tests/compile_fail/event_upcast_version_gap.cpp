// SPDX-License-Identifier: BSL-1.0
//
// A version left out between an event type and its `previous`.
// expect: the version of an event type is one more than that of its `previous`: `static constexpr std::uint16_t version`
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
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
#ifdef ACCEPT
  static constexpr std::uint16_t version = 2;
#else
  static constexpr std::uint16_t version = 3;
#endif
  using previous = named_v1;
  static named upcast(const named_v1& older) { return {older.full}; }
  std::string first;
};

std::string first_of(const quipu::event_view& stored) { return stored.as<named>().first; }

int main() {}
