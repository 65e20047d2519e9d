// SPDX-License-Identifier: BSL-1.0
//
// No room is left. A limit for the size of files stands for a full disk here.
#include <quipu.hpp>

#include <sys/resource.h>
#include <csignal>
#include <iostream>
#include <string>

struct scanned {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::string page{};
};

int main() {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{.rlim_cur = 64 << 10, .rlim_max = RLIM_INFINITY};
  setrlimit(RLIMIT_FSIZE, &limit);
  try {
    // [fails]
    quipu::store store{quipu::config{.directory = "bank"}};
    store.append({"form:12", "branch:zurich"}, scanned{std::string(100'000, 'x')});
    // [/fails]
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
