// SPDX-License-Identifier: BSL-1.0
//
// consumer.cpp: the program that each way of getting at quipu has to be able to build. It knows nothing of how it was found.
#include <quipu.hpp>

#include <cstdint>
#include <cstdio>
#include <thread>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
};

int main() {
  std::int64_t cents = 0;
  std::thread{[&] { cents = quipu::fold<account>(deposited{300}, deposited{80}).cents; }}.join();
  std::printf("quipu %d.%d.%d: %d cents\n", quipu::version.major, quipu::version.minor, quipu::version.patch, static_cast<int>(cents));
  return cents == 380 ? 0 : 1;
}
