// SPDX-License-Identifier: BSL-1.0
//
// An event type with a `previous` and no way up from it.
// expect: an event type with a `previous` needs `static T upcast\(const previous&\)`
// expect: named
// max-errors: 3
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
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
#ifdef ACCEPT
  static named upcast(const named_v1& older) { return {older.full}; }
#endif
  std::string first;
};

std::string first_of(const quipu::event_view& stored) { return stored.as<named>().first; }

int main() {}
