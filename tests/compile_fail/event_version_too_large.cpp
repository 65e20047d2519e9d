// SPDX-License-Identifier: BSL-1.0
//
// A version of an event type that doesn't fit a frame.
// expect: the version of an event type is at most 65535
// expect: deposited
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_list.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#ifdef ACCEPT
  static constexpr int version = 65535;
#else
  static constexpr int version = 65536;
#endif
  std::int64_t cents{};
};

static_assert(quipu::schema_version_of<deposited>() == 65535);

int main() {}
