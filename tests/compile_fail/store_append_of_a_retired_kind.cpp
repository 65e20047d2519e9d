// SPDX-License-Identifier: BSL-1.0
//
// Appending an event of a kind that its upcast turned into others.
// expect: an_event_to_append_must_not_be_of_a_kind_that_its_upcast_retired
// expect: moved_and_named
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <tuple>

struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string name;
};
struct moved_and_named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  std::string name;
};
struct moved_and_named {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = moved_and_named_v1;
  static std::tuple<named> upcast(const moved_and_named_v1& older) { return {named{older.name}}; }
};

int main() {
  auto store = quipu::in_memory_store();
#ifdef ACCEPT
  store.append({"a", "s"}, named{});
#else
  store.append({"a", "s"}, moved_and_named{});
#endif
}
