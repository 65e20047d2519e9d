// SPDX-License-Identifier: BSL-1.0
//
// read_path_bench.cpp: what reading costs, in processor time, which says more than the clock on a machine that others
// use. benchmarks/results/read_path.md has the figures.
//
//   read_path_bench make FOLDER EVENTS ENTITIES     makes a store
//   read_path_bench TASK FOLDER EVENTS ENTITIES     measures one thing in it, in a process of its own
//
//   first     the first read of a stream that is spread over the whole log, and beside it a touch of the same bytes
//   replay    the same stream again and again
//   each      every entity's stream, one after the other
//   get       events by id, in a jumbled order
//   unknown   ids, keys and entities that the store doesn't have
//   kind      one event in ten, by its kind, every payload read
//   verify    the whole chain
//   open      opening and closing
#include "journal/measure.hpp"
#include "journal/quipu_events.hpp"

#include <quipu.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace journal_bench;

template <class Work>
double processor_time_of(Work&& work) {
  const double before = processor_nanoseconds();
  work();
  return processor_nanoseconds() - before;
}

/// The median of eleven times.
template <class Work>
double median_processor_time(Work&& work) {
  std::vector<double> taken;
  for (int round = 0; round < 11; ++round) taken.push_back(processor_time_of(work));
  return median(std::move(taken));
}

sums of_entity(const workload& stored, std::uint32_t entity) {
  return stored.expected([&](std::uint64_t index) { return stored.entity_of(index) == entity; });
}

void make(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  const std::vector<quipu::coordinate> where = coordinates_of(stored);
  for (std::uint64_t index = 0; index < stored.size(); ++index)
    with_event(stored, index, [&](const auto& event) { store.append(where[stored.entity_of(index)], event); });
}

/// Touches a byte of every page that has an event of the stream: mapping them is the least that a first read costs.
double touch_pages(const std::string& folder, double events) {
  std::vector<std::pair<const volatile std::byte*, std::size_t>> files;
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    if (each.path().extension() != ".segment") continue;
    const int file = ::open(each.path().c_str(), O_RDONLY);
    void* const mapped = ::mmap(nullptr, each.file_size(), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    must(mapped != MAP_FAILED, "a segment can't be mapped");
    files.emplace_back(static_cast<const std::byte*>(mapped), each.file_size());
  }
  double bytes = 0;
  for (const auto& [data, size] : files) bytes += static_cast<double>(size);
  const auto distance = static_cast<std::size_t>(bytes / events);
  return processor_time_of([&] {
    for (const auto& [data, size] : files)
      for (std::size_t at = 0; at < size; at += distance) static_cast<void>(data[at]);
  });
}

void first(const std::string& folder, const workload& stored) {
  const sums wanted = of_entity(stored, stored.spread());
  const auto events = static_cast<double>(wanted.events);
  report("touch_ns", touch_pages(folder, events) / events);
  quipu::store store{settings_of(folder)};
  sums found;
  const std::string name = workload::entity_name(stored.spread());
  report("first_ns", processor_time_of([&] { found = sums_of(store.project<account>(name).value()); }) / events);
  must_equal(found, wanted, "first");
}

void replay(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  const sums wanted = of_entity(stored, stored.spread());
  const std::string name = workload::entity_name(stored.spread());
  sums found = sums_of(store.project<account>(name).value());
  must_equal(found, wanted, "replay");
  report("replay_ns", median_processor_time([&] {
                        for (int time = 0; time < 100; ++time) found = sums_of(store.project<account>(name).value());
                      }) / 100 /
                          static_cast<double>(wanted.events));
}

void each(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  const std::vector<quipu::coordinate> where = coordinates_of(stored);
  const auto all = [&] {
    std::uint64_t events = 0;
    for (std::uint32_t entity = 0; entity < stored.entities; ++entity)
      events += store.project<account>(where[entity].entity()).value().count;
    must(events == stored.size(), "events are missing");
  };
  all();
  report("each_ns", median_processor_time(all) / static_cast<double>(stored.size()));
}

void get(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  std::vector<quipu::event_id> ids;
  for (const quipu::event_view& event : store.query(quipu::region::all())) ids.push_back(event.id());
  must(ids.size() == stored.size(), "events are missing");
  std::shuffle(ids.begin(), ids.end(), std::mt19937_64{1});
  ids.resize(std::min<std::size_t>(ids.size(), 20'000));
  std::uint64_t sum = 0;
  report("get_ns", median_processor_time([&] {
                     for (const quipu::event_id& id : ids) sum += store.get(id).sequence();
                   }) / static_cast<double>(ids.size()));
  must(sum != 0, "nothing was read");
}

void unknown(const std::string& folder, const workload&) {
  quipu::store store{settings_of(folder)};
  std::vector<quipu::event_id> ids;
  std::vector<std::string> names;
  for (int number = 0; number < 10'000; ++number) {
    names.push_back("nobody:" + std::to_string(number));
    ids.push_back(quipu::event_id::from_name(names.back()));
  }
  const auto count = static_cast<double>(ids.size());
  must(!store.project<account>(names[0]), "there is such an entity");
  report("unknown_id_ns", median_processor_time([&] {
                            for (const quipu::event_id& id : ids) must(!store.find(id), "there is such an event");
                          }) / count);
  report("unknown_entity_ns", median_processor_time([&] {
                                for (const std::string& name : names)
                                  must(!store.project<account>(name), "there is such an entity");
                              }) / count);
}

void kind(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  const std::uint64_t wanted =
      stored.expected([&](std::uint64_t index) { return stored.kind_of(index) == withdrawal_kind; }).events;
  const auto all = [&] {
    std::uint64_t events = 0;
    std::uint64_t sum = 0;
    for (const quipu::event_view& event : store.by_kind(withdrawn::kind)) {
      std::uint64_t number{};
      std::memcpy(&number, event.payload().data(), sizeof number);
      sum += number;
      ++events;
    }
    must(events == wanted && sum != 0, "events are missing");
  };
  report("kind_first_ns", processor_time_of(all) / static_cast<double>(wanted));
  report("kind_ns", median_processor_time(all) / static_cast<double>(wanted));
}

double thread_nanoseconds() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

/// `verify_longest_ns` is the processor time of the thread that has the most to do: how long verifying takes where
/// every thread has a processor for itself.
void verify(const std::string& folder, const workload& stored) {
  quipu::store store{settings_of(folder)};
  const auto events = static_cast<double>(stored.size());
  std::vector<double> all;
  std::vector<double> longest;
  for (int round = 0; round < 5; ++round) {
    const double before = thread_nanoseconds();
    all.push_back(processor_time_of([&] { store.verify(); }));
    const double mine = thread_nanoseconds() - before;
    longest.push_back(std::max(mine, all.back() - mine));
  }
  report("verify_ns", median(all) / events);
  report("verify_longest_ns", median(longest) / events);
}

void open(const std::string& folder, const workload&) {
  report("open_first_us", processor_time_of([&] { const quipu::store store{settings_of(folder)}; }) / 1e3);
  report("open_us", median_processor_time([&] { const quipu::store store{settings_of(folder)}; }) / 1e3);
}

}  // namespace

int main(int count, char** words) {
  const std::map<std::string, void (*)(const std::string&, const workload&)> tasks{
      {"make", make}, {"first", first},     {"replay", replay}, {"each", each}, {"get", get},
      {"kind", kind}, {"unknown", unknown}, {"verify", verify}, {"open", open}};
  const auto task = count == 5 ? tasks.find(words[1]) : tasks.end();
  if (task == tasks.end()) give_up("usage: read_path_bench TASK FOLDER EVENTS ENTITIES");
  try {
    task->second(words[2], {std::stoull(words[3]), static_cast<std::uint32_t>(std::stoull(words[4])), 0});
  } catch (const std::exception& problem) {
    give_up(problem.what());
  }
}
