// SPDX-License-Identifier: BSL-1.0
//
// journal_bench.cpp: measures one store at one task, in a process of its own, and prints a line for each figure: its
// name and the number. `benchmarks/run_journal` calls it again and again, so that the stores take turns, and makes the
// table of medians.
//
//   journal_bench append SUBJECT FOLDER EVENTS ENTITIES HOT_EVENTS    a new store; the folder is made and stays
//   journal_bench crash SUBJECT FOLDER EVENTS ENTITIES HOT_EVENTS     the same, but killed with a part of it unwritten
//   journal_bench open SUBJECT FOLDER                                 opens what is there, and nothing else
//   journal_bench read SUBJECT FOLDER EVENTS ENTITIES HOT_EVENTS      reads what is there, in every way
//   journal_bench durable SUBJECT FOLDER THREADS EVENTS               taking turns with a bare write and fdatasync
//   journal_bench tails SUBJECT FOLDER SECONDS                        single appends, while others work on the store
//   journal_bench follow SUBJECT FOLDER                               replays what is there until it is killed
//   journal_bench durable_batches FOLDER ROUNDS                       quipu: 64 events in each flush
//   journal_bench more FOLDER EVENTS ENTITIES HOT_EVENTS              quipu: what the others don't have
//   journal_bench fill FOLDER CACHE EVENTS ENTITIES HOT_EVENTS        quipu: fills a file cache
//   journal_bench project FOLDER CACHE EVENTS ENTITIES HOT_EVENTS     quipu: projects with caches; appends to what is
//   there
//
// It isn't made with Google Benchmark: that repeats one small operation until its time is steady, and then goes on to
// the next. Here most tasks can be done only once to a store, need a fresh process or a killed one, and have to take
// turns with the other stores' for the ratios to mean something on a machine whose speed drifts.
#include "journal/group_commit.hpp"
#include "journal/measure.hpp"
#include "journal/quipu_only.hpp"
#include "journal/subject.hpp"
#include "journal/tails.hpp"
#include "journal/workload.hpp"

#include <atomic>
#include <filesystem>
#include <random>
#include <string_view>
#include <thread>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace journal_bench {
namespace {

/// What a folder takes on the disk; files with holes count without them.
double bytes_on_disk(const std::string& folder) {
  double all = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator{folder}) {
    struct stat about {};
    if (each.is_regular_file() && ::stat(each.path().c_str(), &about) == 0)
      all += static_cast<double>(about.st_blocks) * 512;
  }
  return all;
}

std::unique_ptr<subject> begin(const std::string& name, const std::string& folder, const workload& stored) {
  std::filesystem::create_directories(folder);
  auto made = make_subject(name);
  made->open(folder);
  made->know(stored);
  return made;
}

void append(const std::string& name, const std::string& folder, const workload& all) {
  {
    const auto store = begin(name, folder, all);
    store->append(all, 0, std::min<std::uint64_t>(1000, all.size()));  // makes files and tables
    const std::uint64_t first = std::min<std::uint64_t>(1000, all.size());
    const double used = processor_nanoseconds();
    const double taken = time_of([&] { store->append(all, first, all.size()); });
    report("append_ns", taken / static_cast<double>(all.size() - first));
    report("append_cpu_ns", (processor_nanoseconds() - used) / static_cast<double>(all.size() - first));
    report("sync_ms", time_of([&] { store->sync(); }) / 1e6);
    must_equal(store->replay_all(), all.expected([](std::uint64_t) { return true; }), name + ", appended");
  }
  report("bytes", bytes_on_disk(folder) / static_cast<double>(all.size()));
}

/// Nothing of this is synced, and the store never closed: what is left is what was handed to the system.
[[noreturn]] void crash(const std::string& name, const std::string& folder, const workload& all) {
  const auto store = begin(name, folder, all);
  store->append(all, 0, all.size());
  ::kill(::getpid(), SIGKILL);
  give_up("still alive");
}

void open(const std::string& name, const std::string& folder) {
  const auto store = make_subject(name);
  const double before = heap_bytes();
  report("open_ms", time_of([&] { store->open(folder); }) / 1e6);
  report("heap_bytes", heap_bytes() - before);
}

void read(const std::string& name, const std::string& folder, const workload& stored) {
  const auto of = [&](std::uint32_t entity) {
    return stored.expected([&](std::uint64_t index) { return stored.entity_of(index) == entity; });
  };
  const stopwatch fresh;
  const auto store = make_subject(name);
  store->open(folder);
  const double opened = fresh.nanoseconds();
  store->know(stored);

  const auto entity = [&](const std::string& what, std::uint32_t number) {
    const sums wanted = of(number);
    sums found;
    const auto work = [&] { found = store->replay_entity(number); };
    const double first = time_of(work);
    report(what + "_first_ns", first / static_cast<double>(wanted.events));
    report(what + "_fresh_ms", (opened + first) / 1e6);
    must_equal(found, wanted, name + ", " + what);
    report(what + "_ns", median_time(work) / static_cast<double>(wanted.events));
    must_equal(found, wanted, name + ", " + what);
  };
  if (stored.hot_events != 0) entity("hot", stored.hot());
  entity("spread", stored.spread());

  const sums whole = stored.expected([](std::uint64_t) { return true; });
  sums found;
  const auto all = [&] { found = store->replay_all(); };
  report("all_first_ns", time_of(all) / static_cast<double>(stored.size()));
  report("all_ns", median_time(all) / static_cast<double>(stored.size()));
  must_equal(found, whole, name + ", everything");

  std::mt19937_64 random{1};
  std::vector<std::uint64_t> wanted(20'000);
  sums picked;
  for (std::uint64_t& index : wanted) {
    index = random() % stored.size();
    picked.add(stored.kind_of(index), workload::payload_of(index).cents, index);
  }
  store->prepare_gets(wanted);
  report("get_ns", median_time([&] { found = store->get(wanted); }) / static_cast<double>(wanted.size()));
  must_equal(found, picked, name + ", get");

  if (!store->has_queries()) return;
  const auto query = [&](const std::string& what, const sums& right, auto&& ask) {
    report(what + "_ns", median_time([&] { found = ask(); }) / static_cast<double>(right.events));
    must_equal(found, right, name + ", " + what);
  };
  query("by_kind", stored.expected([&](std::uint64_t index) { return stored.kind_of(index) == withdrawal_kind; }),
        [&] { return store->by_kind(withdrawal_kind); });
  query("by_scope", stored.expected([&](std::uint64_t index) {
    return workload::scope_of(stored.entity_of(index)) == workload::scope;
  }),
        [&] { return store->by_scope(workload::scope); });

  // A consumer's next events, again and again from places all over the log.
  constexpr unsigned polls = 16;
  std::vector<std::uint64_t> places(100);
  sums polled;
  for (std::uint64_t& place : places) {
    place = random() % (stored.size() - polls * subject::polled_events);
    for (std::uint64_t index = place; index < place + polls * subject::polled_events; ++index)
      polled.add(stored.kind_of(index), workload::payload_of(index).cents, index);
  }
  report("poll_ns", median_time([&] {
                      found = {};
                      for (const std::uint64_t place : places) store->poll(place, polls, found);
                    }) / static_cast<double>(places.size() * polls));
  must_equal(found, polled, name + ", polls");
}

struct turn {
  double seconds{};
  std::vector<double> waits;
};

/// Threads that append one by one, each as soon as its last is durable.
template <class Append>
turn take_turn(unsigned threads, std::uint64_t events, Append&& append_one) {
  std::vector<std::vector<double>> waits(threads);
  std::atomic<std::uint64_t> next{0};
  turn done;
  done.seconds = time_of([&] {
                   std::vector<std::thread> all;
                   for (unsigned number = 0; number < threads; ++number)
                     all.emplace_back([&, number] {
                       while (next.fetch_add(1) < events) waits[number].push_back(time_of(append_one));
                     });
                   for (std::thread& each : all) each.join();
                 }) /
                 1e9;
  for (const auto& each : waits) done.waits.insert(done.waits.end(), each.begin(), each.end());
  return done;
}

void durable(const std::string& name, const std::string& folder, unsigned threads, std::uint64_t events) {
  constexpr std::uint64_t turns = 8;
  constexpr double enough_seconds = 1.5;  // where a flush takes milliseconds
  const workload all{events + 1, 1000, 0};
  const auto store = begin(name, folder, all);
  group_commit bare{folder + ".probe", 128};
  std::atomic<std::uint64_t> number{0};
  const auto append_one = [&] { store->append_durably(all, number.fetch_add(1)); };
  append_one();  // makes what has to be made
  double our_seconds = 0;
  double bare_seconds = 0;
  std::vector<double> our_waits;
  std::vector<double> bare_waits;
  for (std::uint64_t count = 0; count < turns && (count < 2 || our_seconds + bare_seconds < enough_seconds); ++count) {
    const turn limit = take_turn(threads, events / turns, [&] { bare.commit(); });
    const turn ours = take_turn(threads, events / turns, append_one);
    bare_seconds += limit.seconds;
    our_seconds += ours.seconds;
    bare_waits.insert(bare_waits.end(), limit.waits.begin(), limit.waits.end());
    our_waits.insert(our_waits.end(), ours.waits.begin(), ours.waits.end());
  }
  const auto done = static_cast<double>(our_waits.size());
  must(our_waits.size() == number - 1, "durable appends are missing");
  report("per_second", done / our_seconds);
  report("bare_per_second", done / bare_seconds);
  report("p50_us", median(our_waits) / 1e3);
  report("p10_us", quantile(our_waits, 0.1) / 1e3);
  report("p99_us", quantile(our_waits, 0.99) / 1e3);
  report("bare_p50_us", median(bare_waits) / 1e3);
  report("bare_p10_us", quantile(bare_waits, 0.1) / 1e3);
  report("bare_p99_us", quantile(bare_waits, 0.99) / 1e3);
  must(store->replay_all().events == number, name + ": durable events are missing");
}

int run(const std::vector<std::string>& words) {
  const auto word = [&](std::size_t index) {
    must(index < words.size(), "too few arguments");
    return words[index];
  };
  const auto number = [&](std::size_t index) { return std::stoull(word(index)); };
  const auto stored = [&](std::size_t index) {
    return workload{number(index), static_cast<std::uint32_t>(number(index + 1)), number(index + 2)};
  };
  const std::string task = word(0);
  if (task == "append")
    append(word(1), word(2), stored(3));
  else if (task == "crash")
    crash(word(1), word(2), stored(3));
  else if (task == "open")
    open(word(1), word(2));
  else if (task == "read")
    read(word(1), word(2), stored(3));
  else if (task == "durable")
    durable(word(1), word(2), static_cast<unsigned>(number(3)), number(4));
  else if (task == "tails")
    measure_tails(word(1), word(2), std::stod(word(3)));
  else if (task == "follow")
    replay_forever(word(1), word(2));
  else if (task == "durable_batches")
    measure_durable_batches(word(1), number(2));
  else if (task == "more")
    measure_reading_of_quipu(word(1), stored(2));
  else if (task == "fill")
    fill_file_cache(word(1), word(2), stored(3));
  else if (task == "project")
    measure_projecting(word(1), word(2), stored(3));
  else
    give_up("there is no task " + task);
  return 0;
}

}  // namespace
}  // namespace journal_bench

int main(int count, char** arguments) {
  try {
    return journal_bench::run({arguments + 1, arguments + count});
  } catch (const std::exception& problem) {
    journal_bench::give_up(problem.what());
  }
}
