// SPDX-License-Identifier: BSL-1.0
//
// Appending a struct that has no kind.
// expect: an_event_to_append_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<deposited>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <cstdint>

struct deposited {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
#endif
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  store.append({"account:alice", "branch:zurich"}, deposited{5});
}
