// SPDX-License-Identifier: BSL-1.0
//
// The program of docs/replication.md: two replicas over a shared log in memory.
#include <quipu.hpp>
#include <quipu/replication/memory_shared_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>

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
  // [open]
  const auto log = std::make_shared<quipu::memory_shared_log>();
  quipu::replicated_store zurich{quipu::config{.directory = "zurich"}, log,
                                 quipu::file_cache{"zurich-cache"}};
  quipu::replicated_store bern{quipu::config{.directory = "bern"}, log};
  // [/open]

  // [use]
  const auto first = zurich.append({"account:alice", "branch:zurich"}, deposited{500});
  std::cout << zurich.project<account>("account:alice")->cents << '\n';

  if (bern.wait_visible_for(first, std::chrono::seconds{10}))
    std::cout << bern.project<account>("account:alice")->cents << '\n';
  // [/use]

  // [condition]
  bern.append({"account:alice", "branch:bern"}, deposited{20},
              {.expected = quipu::expected_version::exactly(0)});
  try {
    zurich.append({"account:alice", "branch:zurich"}, deposited{30},
                  {.expected = quipu::expected_version::exactly(0)});
  } catch (const quipu::conflict_error& conflict) {
    std::cout << conflict.what() << '\n';
  }
  // [/condition]

  // [sync]
  zurich.sync();
  bern.sync();
  std::cout << (zurich.head() == bern.head() ? "one log" : "two logs") << '\n';
  // [/sync]

  // [pressure]
  const auto waiting = zurich.writer_pressure();
  if (waiting.oldest_wait > std::chrono::seconds{1})
    std::cout << waiting.waiting_appends << " appends wait for the shared log\n";
  // [/pressure]

  // [unknown]
  const auto key = quipu::event_id::from_name("salary 2026-11");
  for (int attempt = 0; attempt < 3; ++attempt)
    zurich.append({"account:alice", "branch:zurich"}, deposited{900}, {.idempotency_key = key});
  std::cout << zurich.project<account>("account:alice")->cents << '\n';
  // [/unknown]

  // [join]
  const auto from = zurich.replication().position;
  zurich.snapshot("basel");
  zurich.trim(from);
  quipu::replicated_store basel{quipu::config{.directory = "basel"}, log};
  basel.sync();
  std::cout << (basel.head() == zurich.head() ? "one log" : "two logs") << '\n';
  // [/join]

  // [leave]
  bern.sync();
  bern.close();
  quipu::store own{quipu::config{.directory = "bern", .leave_replication = true}};
  own.append({"account:alice", "branch:bern"}, deposited{1});
  own.close();
  try {
    const quipu::replicated_store back{quipu::config{.directory = "bern"}, log};
  } catch (const quipu::error& refused) {
    std::cout << quipu::name_of(refused.code()) << '\n';
  }
  // [/leave]
}
