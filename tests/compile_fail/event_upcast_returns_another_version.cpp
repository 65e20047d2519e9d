// SPDX-License-Identifier: BSL-1.0
//
// An upcast that returns another version of its own kind.
// expect: what `upcast` returns of its own kind must be of its own type
// expect: named
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

#include <optional>

struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full;
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
#ifdef ACCEPT
  static std::optional<named> upcast(const named_v1& older) { return named{older.full}; }
#else
  static std::optional<named_v1> upcast(const named_v1& older) { return older; }
#endif
  std::string first;
};

bool look(const quipu::event_view& stored) {
  return stored.visit(quipu::event_list<named>{}, [](const named&) {});
}

int main() {}
