// SPDX-License-Identifier: BSL-1.0
//
// A store that is asked for the state and version of a type that is no projection: one error, and it says why.
// expect: a_projection_needs_a_public_apply_for_each_event_of_its_list
// expect: account
// max-errors: 1
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
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
#ifdef ACCEPT
  void apply(const deposited& event) { cents += event.cents; }
#endif
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.project_with_version<account>("a"));
}
