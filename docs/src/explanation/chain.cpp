// SPDX-License-Identifier: BSL-1.0
//
// The hash chain and the head: a head that is kept elsewhere shows that a log was replaced.
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <iostream>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};

int main() {
  quipu::digest kept;
  {
    quipu::store store{quipu::config{.directory = "bank"}};
    store.append({"account:alice", "zurich"}, deposited{500});
    store.snapshot("copy");
    store.append({"account:alice", "zurich"}, deposited{700});
    // [head]
    const quipu::verification found = store.verify();
    kept = store.head();  // keep it where the log's files can't be written from
    // [/head]
    std::cout << found.events << " events are sound\n";
  }
  // The log is rolled back to the copy: what is left is sound, but an event is missing.
  std::filesystem::remove_all("bank");
  std::filesystem::rename("copy", "bank");
  // [expect]
  try {
    quipu::store store{quipu::config{.directory = "bank", .expected_head = kept}};
  } catch (const quipu::error& failure) {
    std::cout << "refused: " << name_of(failure.code()) << '\n';
  }
  // [/expect]
}
