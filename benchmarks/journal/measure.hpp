// SPDX-License-Identifier: BSL-1.0
//
// measure.hpp: time, memory, and how a figure leaves the program: one line each, a name and a number.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <malloc.h>
#include <time.h>

namespace journal_bench {

class stopwatch {
 public:
  [[nodiscard]] double nanoseconds() const {
    return std::chrono::duration<double, std::nano>{std::chrono::steady_clock::now() - begin_}.count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

template <class Work>
double time_of(Work&& work) {
  const stopwatch watch;
  std::forward<Work>(work)();
  return watch.nanoseconds();
}

[[nodiscard]] inline double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}
[[nodiscard]] inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// The median time of some runs: at least three, and more until there are 40 ms of them or 101.
template <class Work>
double median_time(Work&& work) {
  std::vector<double> taken;
  double total = 0;
  do {
    taken.push_back(time_of(work));
    total += taken.back();
  } while (taken.size() < 3 || (total < 40e6 && taken.size() < 101));
  return median(std::move(taken));
}

/// Processor time of all threads: on a machine that others use too, a time that doesn't count them.
[[nodiscard]] inline double processor_nanoseconds() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

/// Bytes that are allocated now, from the heap and from anonymous mappings that the allocator made for large blocks.
[[nodiscard]] inline double heap_bytes() {
  const struct mallinfo2 all = ::mallinfo2();
  return static_cast<double>(all.uordblks) + static_cast<double>(all.hblkhd);
}

/// Microseconds since the Unix epoch: each subject stamps each event.
[[nodiscard]] inline std::int64_t now_us() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

inline void report(const std::string& name, double value) { std::printf("%s %.6g\n", name.c_str(), value); }

}  // namespace journal_bench
