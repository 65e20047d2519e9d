// SPDX-License-Identifier: BSL-1.0
//
// A callable for all states that doesn't take the entity.
// expect: take must be callable as take\(entity, state\)
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <string_view>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

#ifdef ACCEPT
void print(std::string_view, const account&) {}
#else
void print(const account&) {}
#endif

int main() {
  auto store = quipu::in_memory_store();
  store.project_all<account>(quipu::region::all(), print);
}
