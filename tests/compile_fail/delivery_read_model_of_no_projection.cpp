// SPDX-License-Identifier: BSL-1.0
//
// A read model of a type that doesn't say which events it folds.
// expect: a_projection_needs_a_public_member_type_events<account>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
#ifdef ACCEPT
  using events = quipu::event_list<deposited>;
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.read_model<account>("a", quipu::region::all()));
}
