// SPDX-License-Identifier: BSL-1.0
//
// condition_bench.cpp: what a condition adds to a buffered append: appends without one beside appends with one, in the
// same process, in alternating rounds, from 1 and 8 threads, when 0, 10 and 1,000 events came since the decision.
//
//   condition_bench FOLDER [rounds, default 9]
//
// Two regions: an entity, which an index has, and a prefix, for which each event since is looked at. None of the events
// breaks a condition. Prints a Markdown table of medians over the rounds.
#include <quipu.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int appends = 20'000;  // in a round, of all threads together

struct moved {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
  std::uint64_t reference{};
};

using condition_of = std::function<quipu::append_options(std::uint64_t last)>;

/// Appends a second.
double rate(quipu::store& store, int threads, const condition_of& options_after) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> all;
  for (int thread = 0; thread < threads; ++thread)
    all.emplace_back([&, thread] {
      const quipu::coordinate where{"account:" + std::to_string(thread), "bank"};
      std::uint64_t last = store.append(where, moved{}).sequence;
      for (int number = 1; number < appends / threads; ++number)
        last = store.append(where, moved{number, last}, options_after(last)).sequence;
    });
  for (std::thread& each : all) each.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return appends / took.count();
}

double median_of(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: condition_bench FOLDER [rounds]\n");
    return 2;
  }
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 9;
  const std::filesystem::path folder = std::filesystem::path{arguments[1]} / "condition_bench";
  std::printf("| threads | events since | without | an entity | ratio | a prefix | ratio |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const int threads : {1, 8})
    for (const std::uint64_t since : {0U, 10U, 1000U}) {
      std::filesystem::remove_all(folder);
      quipu::config settings{.directory = folder};
      settings.sync.mode = quipu::sync_mode::buffered;
      quipu::store store{settings};
      const auto after = [since](const quipu::region& wanted) {
        return [wanted, since](std::uint64_t last) {
          return quipu::append_options{.condition = quipu::none_since(wanted, last < since ? 0 : last - since)};
        };
      };
      std::vector<double> without;
      std::vector<double> entity;
      std::vector<double> prefix;
      for (int round = 0; round < rounds; ++round) {
        without.push_back(rate(store, threads, [](std::uint64_t) { return quipu::append_options{}; }));
        entity.push_back(rate(store, threads, after(quipu::region::entity("seat:1"))));
        prefix.push_back(rate(store, threads, after(quipu::region::entity_prefix("seat:"))));
      }
      const double base = median_of(without);
      std::printf("| %d | %llu | %.0f/s | %.0f/s | %.2f | %.0f/s | %.2f |\n", threads,
                  static_cast<unsigned long long>(since), base, median_of(entity), median_of(entity) / base,
                  median_of(prefix), median_of(prefix) / base);
      std::fflush(stdout);
    }
  std::filesystem::remove_all(folder);
  return 0;
}
