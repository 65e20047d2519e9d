// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>

#include <sys/resource.h>

struct noted {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string text{};
};

/// Stands for the disk: no file can be larger.
void limit_files(rlim_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

int main() {
  // [signal]
  std::signal(SIGXFSZ, SIG_IGN);
  // [/signal]
  quipu::store store{quipu::config{.directory = "notes"}};
  const quipu::coordinate where{"note:1", "desk"};
  limit_files(200'000);

  // [append]
  std::uint64_t taken = 0;
  quipu::errc failure{};
  while (taken < 1000 && failure == quipu::errc{}) {
    try {
      store.append(where, noted{std::string(1000, 'x')});
      ++taken;
    } catch (const quipu::error& failed) {
      failure = failed.code();
    }
  }
  std::cout << quipu::name_of(failure) << '\n';
  // [/append]

  // [state]
  // The event that didn't fit has left no trace, and the others are all there.
  std::cout << (store.verify().events == taken ? "sound\n" : "not sound\n");
  // [/state]

  // [go_on]
  limit_files(0);  // someone makes room
  const bool is_next = store.append(where, noted{"that was close"}).sequence == taken;
  std::cout << (is_next ? "appended, with the next sequence\n"
                        : "a sequence is missing\n");
  // [/go_on]

  // [smaller]
  const auto is_new = [taken](const quipu::event_view& event) {
    return event.sequence() + 10 >= taken;
  };
  const auto report = store.compact(quipu::compaction::retain(is_new));
  std::cout << (report.bytes_after < report.bytes_before / 2 ? "smaller" : "as large")
            << ", " << store.count(quipu::region::all()) << " events are left\n";
  // [/smaller]

  // [other]
  // A failed write or flush is final for this store.
  if (const std::string why = store.diagnostics().failure; !why.empty())
    std::cout << "reopen it: " << why << '\n';
  // [/other]
}
