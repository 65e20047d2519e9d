// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

struct measured {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  double value{};
};

int main() {
  quipu::store store{quipu::config{.directory = "plant"}};
  const quipu::coordinate sensor{"sensor:1", "hall"};
  std::uint64_t before = 0;
  const auto report = [&](const std::string& how) {
    const std::uint64_t flushes = store.stats().flushes - before;
    std::cout << how
              << (flushes <= 10 ? ": at most 10 flushes\n"
                                : ": more than 10 flushes\n");
    before = store.stats().flushes;
  };
  before = store.stats().flushes;

  // [batch]
  quipu::batch together;  // known at once, visible together
  for (int number = 0; number < 1000; ++number) together.add(sensor, measured{20.5});
  store.append(together);
  // [/batch]
  report("a batch of 1000 events");

  // [submit]
  std::vector<quipu::ticket> tickets;  // one by one, each a commit of its own
  for (int number = 0; number < 1000; ++number)
    tickets.push_back(store.submit(sensor, measured{20.5}));
  bool all_durable = true;
  for (quipu::ticket& each : tickets)
    all_durable = each.wait().durable && all_durable;  // the first flushes for all
  // [/submit]
  report(all_durable ? "1000 tickets" : "not durable");

  // [buffered]
  for (int number = 0; number < 1000; ++number)  // visible at once, durable later
    store.append(sensor, measured{20.5}, {.durability = quipu::durability::buffered});
  store.sync();  // from here on, all of them are durable
  // [/buffered]
  report("1000 buffered events, then sync");

  // [threads]
  std::vector<std::thread> threads;  // those that wait together share a flush
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&store, number] {
      for (int each = 0; each < 25; ++each)
        store.append({"sensor:" + std::to_string(number), "hall"}, measured{19.0});
    });
  for (std::thread& each : threads) each.join();
  // [/threads]
  const bool no_more_than_events = store.stats().flushes - before <= 100;
  std::cout << "threads, 100 events: at most 100 flushes: "
            << (no_more_than_events ? "yes\n" : "no\n");
}
