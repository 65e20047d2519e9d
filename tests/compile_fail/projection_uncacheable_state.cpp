// SPDX-License-Identifier: BSL-1.0
//
// A state that can be folded and can't be cached: one of its members has no encoding.
// expect: a_pointer_has_no_encoding_store_the_value_or_an_id<account, const deposited ?\*>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/cache_key.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
#ifndef ACCEPT
  const deposited* last{};
#endif
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

int main() { return quipu::cache_key<account>("alice").empty() ? 1 : 0; }
