// SPDX-License-Identifier: BSL-1.0
//
// judge.cpp: see judge.hpp.
#include "judge.hpp"

#include "../shared_page.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <numeric>
#include <system_error>

namespace torture {
namespace {

/// Damaged sizes must not take the machine's memory, and nobody reads what dying stores print.
void confine_this_process() {
  constexpr rlimit memory{std::uint64_t{8} << 30, std::uint64_t{8} << 30};
  constexpr rlimit no_cores{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_AS, &memory));
  static_cast<void>(::setrlimit(RLIMIT_CORE, &no_cores));
  ::alarm(20);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
}

bool is_end_of_a_commit(std::uint64_t number) {
  std::uint64_t end = 0;
  while (end < number) end += commit_size(end);
  return end == number;
}

/// What the child leaves for its parent.
struct finding {
  outcome how{outcome::crashed};
  std::uint64_t found{};
  std::array<char, 300> reason{};

  void conclude(outcome with, std::string_view why) {
    how = with;
    reason.fill('\0');
    std::copy_n(why.begin(), std::min(why.size(), reason.size() - 1), reason.begin());
  }
};

void compare(opened_store& shown, const written& expected, finding& leave) {
  std::uint64_t next = 0;
  std::uint64_t kept = 0;
  bool all_known = true;
  shown.read([&](std::uint64_t number, std::string_view payload) {
    all_known = all_known && number >= next && number < expected.begun && payload == payload_of(number);
    next = number + 1;
    ++leave.found;
    if (number < expected.acknowledged) ++kept;
  });
  if (!all_known) return leave.conclude(outcome::wrong, "a record that nobody wrote, or out of order");
  if (kept < expected.acknowledged)
    return leave.conclude(shown.said_that_it_dropped_something() ? outcome::reported : outcome::lost,
                          std::to_string(expected.acknowledged - kept) + " acknowledged records are missing");
  if (leave.found != next || !is_end_of_a_commit(next)) return leave.conclude(outcome::wrong, "a part of a commit");
  leave.conclude(outcome::unharmed, "");
}

}  // namespace

child_process::child_process(const std::function<void()>& work) {
  std::cout.flush();
  id_ = ::fork();
  if (id_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
  if (id_ != 0) return;
  confine_this_process();
  try {
    work();
    ::_exit(0);
  } catch (...) {
    ::_exit(1);
  }
}

child_process::~child_process() {
  if (id_ <= 0) return;
  kill();
  static_cast<void>(wait());
}

void child_process::kill() { ::kill(id_, SIGKILL); }

int child_process::wait() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

verdict judge(const peer& of, const std::filesystem::path& folder, const written& expected) {
  const shared_page<finding> left;
  child_process child{[&] {
    try {
      const auto opened = of.open(folder, expected.acknowledged == 0 ? purpose::write : purpose::check);
      compare(*opened, expected, left.value());
    } catch (const std::exception& failure) {
      left.value().conclude(outcome::reported, failure.what());
    }
  }};
  if (const int end = child.wait(); end < 0) left.value().conclude(outcome::crashed, "signal " + std::to_string(-end));
  return {left.value().how, left.value().found, left.value().reason.data()};
}

std::uint64_t tally::cases() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

void print_table(std::ostream& to, std::string_view title, const std::vector<tally>& of) {
  to << "\n**" << title << "**\n\n| store | cases |";
  for (const std::string_view each : outcome_names) to << ' ' << each << " |";
  to << "\n|---|---|---|---|---|---|---|\n";
  for (const tally& each : of) {
    to << "| " << each.name << " | " << each.cases() << each.extent << " |";
    for (const std::uint64_t count : each.counts) to << ' ' << count << " |";
    to << '\n';
  }
  to.flush();
}

}  // namespace torture
