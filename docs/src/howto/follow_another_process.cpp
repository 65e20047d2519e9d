// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>

#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

/// What the other process does.
void write_events(const quipu::config& settings) {
  quipu::store store{settings};
  for (const std::int64_t cents : {100, 20, 3})
    store.append({"account:alice", "zurich"}, deposited{cents});
}

// [follow]
void follow(const quipu::config& settings) {
  quipu::read_only_store store{settings};
  auto events = store.cursor_guaranteed(quipu::region::entity("account:alice"));
  for (int seen = 0; seen < 3; ++seen) {
    const auto event = events.wait_for(30s);  // each event once, in order
    if (!event) {
      std::cout << "nothing for 30 seconds\n";
      return;
    }
    std::cout << "event " << event->sequence() << ": " << event->as<deposited>().cents
              << '\n';
  }
  // Every answer is of the log as it is when the question is asked.
  std::cout << "alice has " << store.project<account>("account:alice").value().cents
            << '\n';
}
// [/follow]

int main() {
  const quipu::config settings{.directory = "bank"};
  quipu::store{settings}.close();  // now there is a store to follow

  const pid_t writer = ::fork();  // each process opens its own store, after the fork
  if (writer < 0) return 1;
  if (writer == 0) {
    write_events(settings);
    ::_exit(0);
  }
  follow(settings);
  int status = 0;
  if (::waitpid(writer, &status, 0) != writer || status != 0) return 1;

  // [missing]
  try {
    quipu::read_only_store{quipu::config{.directory = "elsewhere"}};
  } catch (const quipu::error& missing) {
    std::cout << quipu::name_of(missing.code()) << '\n';
  }
  // [/missing]
}
