// SPDX-License-Identifier: BSL-1.0
//
// Only a program knows what its own clock counts.
// expect: a_time_point_of_this_clock_has_no_encoding_use_system_clock_or_steady_clock<parcel_sent, .*game_clock
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <chrono>

struct game_clock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<game_clock>;
  static constexpr bool is_steady = false;
  static time_point now() { return {}; }
};

struct parcel_sent {
#ifndef ACCEPT
  std::chrono::time_point<game_clock> when{};
#else
  std::chrono::sys_time<std::chrono::microseconds> when{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
