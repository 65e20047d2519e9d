// SPDX-License-Identifier: BSL-1.0
//
// Appending to an entity without a scope, in braces.
// expect: an_event_is_appended_at_a_coordinate_write_entity_and_scope_in_braces
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <cstdint>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
#ifdef ACCEPT
  store.append({"account:alice", "branch:zurich"}, deposited{5});
#else
  store.append({"account:alice"}, deposited{5});
#endif
}
