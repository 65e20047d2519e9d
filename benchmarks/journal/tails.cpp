// SPDX-License-Identifier: BSL-1.0
//
// tails.cpp: see tails.hpp.
#include "tails.hpp"

#include "group_commit.hpp"
#include "measure.hpp"
#include "subject.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace journal_bench {
namespace {

constexpr std::uint64_t buffered_max = 1'000'000;
constexpr std::uint64_t buffered_turn = 1000;
constexpr std::uint64_t durable_turn = 100;

/// This program, reading in a process of its own; killed when this goes.
class reader {
 public:
  reader(const std::string& name, const std::string& folder) : child_{::fork()} {
    must(child_ >= 0, "fork");
    if (child_ != 0) return;
    ::execl("/proc/self/exe", "journal_bench", "follow", name.c_str(), folder.c_str(), nullptr);
    ::_exit(127);
  }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;
  ~reader() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  [[nodiscard]] bool is_running() const { return ::waitpid(child_, nullptr, WNOHANG) == 0; }

 private:
  pid_t child_;
};

/// Calls `maintain` of a store every tenth of a second.
class maintenance {
 public:
  explicit maintenance(subject& of)
      : thread_{[this, &of] {
          while (!stop_) {
            of.maintain();
            ++rounds_;
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
          }
        }} {}
  maintenance(const maintenance&) = delete;
  maintenance& operator=(const maintenance&) = delete;
  ~maintenance() {
    stop_ = true;
    thread_.join();
  }
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }

 private:
  std::atomic<bool> stop_{};
  std::atomic<std::uint64_t> rounds_{};
  std::thread thread_;
};

/// What no append to a file can do without: a system call that writes 128 bytes.
class bare_writes {
 public:
  explicit bare_writes(const std::string& path) : file_{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)} {
    must(file_ >= 0, "open " + path);
  }
  bare_writes(const bare_writes&) = delete;
  bare_writes& operator=(const bare_writes&) = delete;
  ~bare_writes() { ::close(file_); }

  void add() {
    must(::pwrite(file_, event_.data(), event_.size(), static_cast<off_t>(at_)) == static_cast<ssize_t>(event_.size()),
         "pwrite");
    at_ = (at_ + event_.size()) % file_bytes;
  }

 private:
  static constexpr std::size_t file_bytes = std::size_t{64} << 20;
  int file_;
  std::size_t at_{};
  std::array<char, 128> event_{};
};

void report_quantiles(const std::string& what, std::vector<double> waits) {
  std::sort(waits.begin(), waits.end());
  const auto at = [&](double share) {
    return waits[static_cast<std::size_t>(share * static_cast<double>(waits.size() - 1))] / 1e3;
  };
  report(what + "_count", static_cast<double>(waits.size()));
  report(what + "_p50_us", at(0.5));
  report(what + "_p99_us", at(0.99));
  report(what + "_p999_us", at(0.999));
  report(what + "_max_us", at(1));
}

}  // namespace

void measure_tails(const std::string& name, const std::string& folder, double seconds) {
  const workload all{2 * buffered_max, 1000, 0};
  std::filesystem::create_directories(folder);
  const auto store = make_subject(name);
  store->open(folder);
  store->know(all);
  store->append(all, 0, 1000);
  std::uint64_t next = 1000;

  const reader other{name, folder};
  const maintenance meanwhile{*store};
  bare_writes file{folder + ".writes"};
  std::vector<double> buffered;
  std::vector<double> writes;
  const stopwatch of_buffered;
  while (next < buffered_max && of_buffered.nanoseconds() < 2 * seconds * 1e9) {
    for (const std::uint64_t until = next + buffered_turn; next < until; ++next)
      buffered.push_back(time_of([&] { store->append(all, next, next + 1); }));
    for (std::uint64_t count = 0; count < buffered_turn; ++count) writes.push_back(time_of([&] { file.add(); }));
  }
  report_quantiles("buffered", std::move(buffered));
  report_quantiles("writes", std::move(writes));

  group_commit bare{folder + ".probe", 128};
  std::vector<double> durable;
  std::vector<double> probe;
  const stopwatch of_durable;
  while (of_durable.nanoseconds() < 2 * seconds * 1e9) {
    for (std::uint64_t count = 0; count < durable_turn; ++count)
      durable.push_back(time_of([&] { store->append_durably(all, next++); }));
    for (std::uint64_t count = 0; count < durable_turn; ++count) probe.push_back(time_of([&] { bare.commit(); }));
  }
  report_quantiles("durable", std::move(durable));
  report_quantiles("bare", std::move(probe));
  must(other.is_running(), name + ": the reader is gone");
  report("maintenance", static_cast<double>(meanwhile.rounds()));
  must(store->replay_all().events == next, name + ": events are missing");
}

void replay_forever(const std::string& name, const std::string& folder) {
  for (;;) {
    const auto store = make_reader(name);
    store->open(folder);
    must(store->replay_all().events != 0, name + ": a reader found nothing");
  }
}

}  // namespace journal_bench
