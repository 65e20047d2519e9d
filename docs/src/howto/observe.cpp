// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

// [opening]
void show_opening(const quipu::config& settings) {
  quipu::store store{settings};
  const quipu::opening_report opened = store.diagnostics().opening;
  std::cout << name_of(opened.path) << ": " << opened.events << " events in " << opened.segments
            << " segment, " << opened.indexed << " by its index file, " << opened.scanned
            << " read\n";
}
// [/opening]

int main() {
  const quipu::config settings{.directory = "ledger"};
  {
    quipu::store store{settings};
    for (int number = 0; number < 3; ++number)
      store.append({"account:alice", "branch:zurich"}, deposited{100});
  }
  show_opening(settings);
}
