// SPDX-License-Identifier: BSL-1.0
//
// Version 0 of an event type.
// expect: the version of an event type is 1 or more; 0 stands for raw bytes
// expect: deposited
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_list.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#ifdef ACCEPT
  static constexpr int version = 1;
#else
  static constexpr int version = 0;
#endif
  std::int64_t cents{};
};

static_assert(quipu::schema_version_of<deposited>() == 1);

int main() {}
