// SPDX-License-Identifier: BSL-1.0
//
// tag_bench.cpp: what it costs to read events by a tag, beside reading those of an entity, in the same process, in
// alternating rounds.
//
//   tag_bench FOLDER [events, default 1000000] [rounds, default 9]
//
// Each event has an entity and a tag of the same number, so both queries have the same answer. Prints a Markdown table
// of medians: nanoseconds for each event of the answer, with the time for the query itself, for answers of several
// sizes. If a query took time in proportion to the log, the figures of small answers would be thousands of times those
// of large ones.
#include <quipu.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

struct moved {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};

/// The group of an event: group n has 10^n of each 11,111 events, each group a tenth of the next one.
unsigned group_of(std::uint64_t number) {
  const std::uint64_t at = number % 11'111;
  return at < 1 ? 0 : at < 11 ? 1 : at < 111 ? 2 : at < 1'111 ? 3 : 4;
}

void fill(const quipu::config& settings, std::uint64_t events) {
  quipu::store store{settings};
  for (std::uint64_t number = 0; number < events; ++number) {
    const std::string group = std::to_string(group_of(number));
    store.append({"entity:" + group, "bench"}, moved{static_cast<std::int64_t>(number)},
                 {.durability = quipu::durability::buffered, .tags = {"tag:" + group}});
  }
  store.close();
}

struct measured {
  double ns_per_event{};
  std::uint64_t events{};
};

measured read(quipu::store& store, const quipu::region& wanted) {
  std::int64_t sum = 0;
  std::uint64_t count = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (const quipu::event_view& each : store.query(wanted)) {
    sum += static_cast<std::int64_t>(each.sequence());
    ++count;
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  if (sum < 0 || count == 0) std::abort();
  return {took.count() / static_cast<double>(count), count};
}

double median_of(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: tag_bench FOLDER [events] [rounds]\n");
    return 2;
  }
  const std::uint64_t events = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
  const int rounds = count > 3 ? std::atoi(arguments[3]) : 9;
  const quipu::config settings{.directory = std::filesystem::path{arguments[1]} / "tag_bench"};
  std::filesystem::remove_all(settings.directory);
  fill(settings, events);
  quipu::store store{settings};
  std::printf("| events of the answer | by entity | by tag | ratio | by either, with any_of | ratio |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (unsigned group = 0; group < 5; ++group) {
    const auto entity = quipu::region::entity("entity:" + std::to_string(group));
    const auto tag = quipu::region::tag("tag:" + std::to_string(group));
    const auto either = quipu::region::any_of({tag, entity});
    std::vector<double> by_entity;
    std::vector<double> by_tag;
    std::vector<double> by_either;
    std::uint64_t found = 0;
    static_cast<void>(read(store, entity));  // checks each event, which is done once
    for (int round = 0; round < rounds; ++round) {
      by_entity.push_back(read(store, entity).ns_per_event);
      by_tag.push_back(read(store, tag).ns_per_event);
      const measured both = read(store, either);
      by_either.push_back(both.ns_per_event);
      found = both.events;
    }
    const double base = median_of(by_entity);
    std::printf("| %llu | %.1f ns | %.1f ns | %.2f | %.1f ns | %.2f |\n", static_cast<unsigned long long>(found), base,
                median_of(by_tag), median_of(by_tag) / base, median_of(by_either), median_of(by_either) / base);
  }
  store.close();
  std::filesystem::remove_all(settings.directory);
  return 0;
}
