// SPDX-License-Identifier: BSL-1.0
//
// A tag without a prefix.
// expect: the tag of an entity_id has a prefix: static constexpr std::string_view prefix
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/entity_id.hpp>
#endif

struct order_tag {
#ifdef ACCEPT
  static constexpr std::string_view prefix = "order";
#endif
};

int main() { return quipu::entity_id<order_tag>{}.is_nil() ? 0 : 1; }
