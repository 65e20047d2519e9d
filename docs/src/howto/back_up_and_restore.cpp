// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

int main() {
  const quipu::coordinate alice{"account:alice", "zurich"};
  quipu::digest head;
  {
    quipu::store store{quipu::config{.directory = "bank"}};
    store.append(alice, deposited{100});
    // [back_up]
    store.snapshot("backup");  // appends go on meanwhile

    quipu::read_only_store copy{quipu::config{.directory = "backup"}};
    std::cout << "sound: " << copy.verify().events << " event\n";
    head = copy.head();  // keep it elsewhere: it tells whether this very log comes back
    // [/back_up]
    store.append(alice, deposited{20});  // after the backup
  }

  std::filesystem::remove_all("bank");  // the accident

  // [restore]
  std::filesystem::copy("backup", "bank", std::filesystem::copy_options::recursive);
  quipu::store store{quipu::config{.directory = "bank", .expected_head = head}};
  store.verify();
  std::cout << "restored: " << store.project<account>("account:alice").value().cents
            << " cents\n";
  // [/restore]

  // [again]
  try {
    store.snapshot("backup");  // never overwrites: take a new directory each time
  } catch (const quipu::error& refused) {
    std::cout << quipu::name_of(refused.code()) << '\n';
  }
  // [/again]
}
