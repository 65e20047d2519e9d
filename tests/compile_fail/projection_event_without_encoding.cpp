// SPDX-License-Identifier: BSL-1.0
//
// A listed event with a member that has no encoding: it could never be read from a store.
// expect: an_event_of_a_projection_has_a_part_without_encoding<account, deposited, const char ?\*>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
#ifndef ACCEPT
  const char* reason{};
#endif
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
