// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct receipt_sent {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::string to{};
};

void fill(quipu::store& branch) {
  const auto paid = branch.append({"account:alice", "counter"}, deposited{500});
  branch.append_reaction({"mail:alice", "counter"}, receipt_sent{"alice@example.org"},
                         paid);
  branch.append({"account:bob", "counter"}, deposited{20});
}

int main() {
  {
    quipu::store branch{quipu::config{.directory = "zurich"}};
    fill(branch);
  }
  quipu::store office{quipu::config{.directory = "office"}};
  // [import]
  quipu::read_only_store branch{quipu::config{.directory = "zurich"}};
  const quipu::import_options renamed{.where = [](const quipu::event_view& event) {
    return quipu::coordinate{std::string{event.entity()}, "branch:zurich"};
  }};
  const auto done = office.import_events(branch, quipu::region::all(), renamed);
  std::cout << done.imported << " imported\n";
  // [/import]

  // [again]
  const auto again = office.import_events(branch, quipu::region::all(), renamed);
  std::cout << again.imported << " imported, " << again.repeated << " were there\n";
  // [/again]

  for (const auto& event : office.query(quipu::region::all())) {
    std::cout << event.where();
    for (const auto& cause : office.causes(event.id()))
      std::cout << ", because of " << cause.where();
    std::cout << '\n';
  }
}
