// SPDX-License-Identifier: BSL-1.0
//
// A prefix that doesn't show where it ends.
// expect: the prefix of an entity_id is 1 to 64 letters, digits, '.', '_' and '-'
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/entity_id.hpp>
#endif

struct order_tag {
#ifdef ACCEPT
  static constexpr std::string_view prefix = "shop.order";
#else
  static constexpr std::string_view prefix = "shop:order";
#endif
};

int main() { return static_cast<int>(quipu::entity_id<order_tag>::parse("nothing").has_value()); }
