// SPDX-License-Identifier: BSL-1.0
//
// instructions_bench.cpp: the work whose instructions benchmarks/instructions counts.
//
//   instructions_bench TASK FOLDER COUNT
//
// Each task does its work COUNT times; two runs with different counts tell what one time costs without what is done
// before it. The store has 1,000 entities and payloads of 32 bytes, as in journal_bench.
#include "journal/measure.hpp"
#include "journal/quipu_events.hpp"

#include <quipu.hpp>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace journal_bench;

constexpr std::uint64_t events_before_reading = 20'000;

/// Appends and publishes; the closing of the store is left out.
template <class Store>
void append_all(Store& store, std::uint64_t count, std::uint32_t entities = 1000) {
  const workload work{count, entities, 0};
  const std::vector<quipu::coordinate> where = coordinates_of(work);
  for (std::uint64_t index = 0; index < count; ++index)
    with_event(work, index, [&](const auto& event) { store.append(where[work.entity_of(index)], event); });
  must(store.stats().events == count, "events are missing");
}

/// As `append_all`, 256 events at a time.
template <class Store>
void append_batches(Store& store, std::uint64_t count) {
  const workload work{count, 1000, 0};
  const std::vector<quipu::coordinate> where = coordinates_of(work);
  quipu::batch batch;
  for (std::uint64_t index = 0; index < count; ++index) {
    with_event(work, index, [&](const auto& event) { batch.add(where[work.entity_of(index)], event); });
    if (batch.size() == 256 || index + 1 == count) {
      store.append(batch);
      batch.clear();
    }
  }
  must(store.stats().events == count, "events are missing");
}

std::uint64_t first_number(const quipu::event_view& event) {
  std::uint64_t number{};
  std::memcpy(&number, event.payload().data(), sizeof number);
  return number;
}

/// Reads the whole store `times` times through a region.
template <class Store>
void read_through(Store& store, const quipu::region& wanted, std::uint64_t times) {
  std::uint64_t sum = 0;
  for (std::uint64_t time = 0; time < times; ++time)
    for (const quipu::event_view& event : store.query(wanted)) sum += first_number(event);
  must(sum != 0, "nothing was read");
}

template <class Store>
void get_by_id(Store& store, std::uint64_t times) {
  std::vector<quipu::event_id> ids;
  for (const quipu::event_view& event : store.query(quipu::region::all())) ids.push_back(event.id());
  std::uint64_t sum = 0;
  for (std::uint64_t time = 0; time < times; ++time) sum += store.get(ids[time * 7919 % ids.size()]).sequence();
  must(sum != 0, "nothing was read");
}

template <class Store>
void project_entity(Store& store, std::uint64_t times) {
  std::uint64_t events = 0;
  for (std::uint64_t time = 0; time < times; ++time) events += store.template project<account>("account:000007")->count;
  must(events == times * events_before_reading / 1000, "a state has the wrong events");
}

}  // namespace

int main(int count_of_words, char** words) {
  if (count_of_words != 4) give_up("usage: instructions_bench TASK FOLDER COUNT");
  const std::string_view task = words[1];
  const std::string folder = words[2];
  const std::uint64_t count = std::stoull(words[3]);

  if (task == "append" || task == "append_nochain") {
    quipu::store store{settings_of(folder, task == "append")};
    append_all(store, count);
    std::fflush(stdout);
    std::_Exit(0);  // the closing isn't counted
  }
  if (task == "append_batch") {
    quipu::store store{settings_of(folder)};
    append_batches(store, count);
    std::fflush(stdout);
    std::_Exit(0);
  }
  if (task == "append_entities") {
    quipu::store store{settings_of(folder)};
    append_all(store, count, static_cast<std::uint32_t>(count));
    std::fflush(stdout);
    std::_Exit(0);
  }
  quipu::store store{settings_of(folder), quipu::memory_cache{1U << 20}};
  append_all(store, events_before_reading);
  if (task == "by_kind") {
    read_through(store, quipu::region::all().with_events<deposited>(), count);
  } else if (task == "by_scope") {
    read_through(store, quipu::region::scope("branch:03"), count);
  } else if (task == "get") {
    get_by_id(store, count);
  } else if (task == "project_current") {
    project_entity(store, count);
  } else {
    give_up("there is no task " + std::string{task});
  }
}
