// SPDX-License-Identifier: BSL-1.0
#include "quipu_only.hpp"

#include "group_commit.hpp"
#include "measure.hpp"
#include "quipu_events.hpp"

#include <quipu/cache/file_cache.hpp>
#include <quipu/cache/memory_cache.hpp>
#include <quipu/store/read_only_store.hpp>

#include <optional>
#include <string_view>
#include <thread>

namespace journal_bench {
namespace {

[[nodiscard]] sums everything(const workload& stored) {
  return stored.expected([](std::uint64_t) { return true; });
}

struct tally {
  std::uint64_t states{};
  sums all{};
  void operator()(std::string_view, const account& state) {
    ++states;
    all.events += state.count;
    all.cents += state.cents;
    all.numbers += state.numbers;
  }
};

/// How many times the work two threads do that share nothing: less than 2 where the machine hasn't two free processors
/// for us.
[[nodiscard]] double speed_of_two_threads() {
  const auto work = [] {
    volatile std::uint64_t sum = 0;
    for (std::uint64_t step = 0; step < 20'000'000; ++step) sum = sum + step;
  };
  const double one = median_time(work);
  return 2 * one / median_time([&] {
           std::thread other{work};
           work();
           other.join();
         });
}

/// The state of each entity, with a number of threads of our choice, which the store doesn't let one choose.
void measure_project_all(const std::string& directory, const workload& stored, const sums& whole) {
  quipu::detail::journal log{settings_of(directory)};
  const auto measure = [&](unsigned threads) {
    return median_time([&] {
             tally each;
             quipu::detail::project_each<account>(log.snapshot(), quipu::region::all(), threads, each);
             must(each.states == stored.entities + 1U, "project_all misses an entity");
             must_equal(each.all, whole, "project_all");
           }) /
           static_cast<double>(stored.size());
  };
  report("project_all_1_ns", measure(1));
  report("project_all_2_ns", measure(2));
  report("two_threads", speed_of_two_threads());
}

/// One more event for the hot entity, and then the projection, which is what is timed.
template <class Store>
double after_one_event(Store& store, const quipu::coordinate& where) {
  std::uint64_t count = store.template project<account>(where.entity())->count;
  std::vector<double> taken;
  for (int round = 0; round < 200; ++round) {
    store.append(where, deposited{0, 0, {}});
    ++count;
    std::uint64_t found = 0;
    taken.push_back(time_of([&] { found = store.template project<account>(where.entity())->count; }));
    must(found == count, "a projection misses an event");
  }
  return median(std::move(taken));
}

/// Each of 1,000 entities once, in a jumbled order: the median, as one measures it.
template <class Store>
double each_once(Store& store, const workload& stored, const std::vector<quipu::coordinate>& names) {
  std::vector<double> taken;
  for (std::uint32_t number = 0; number < 1000; ++number) {
    const std::uint32_t entity = static_cast<std::uint32_t>(std::uint64_t{number} * 7919 % stored.entities);
    std::optional<account> state;
    taken.push_back(time_of([&] { state = store.template project<account>(names[entity].entity()); }));
    must(state && state->count != 0, "a projection is missing");
  }
  return median(std::move(taken));
}

}  // namespace

void measure_reading_of_quipu(const std::string& directory, const workload& stored) {
  const auto events = static_cast<double>(stored.size());
  const sums whole = everything(stored);
  {
    quipu::store store{settings_of(directory)};
    report("verify_ns", median_time([&] { store.verify(); }) / events);

    const std::uint64_t withdrawals =
        stored.expected([&](std::uint64_t index) { return stored.kind_of(index) == withdrawal_kind; }).events;
    report("by_kind_as_ns", median_time([&] {
                              std::uint64_t seen = 0;
                              for (const quipu::event_view& each : store.by_kind(withdrawn::kind))
                                seen += each.as<withdrawn>().cents >= 0;
                              must(seen == withdrawals, "by_kind misses events");
                            }) / static_cast<double>(withdrawals));
    const auto first = [&] { must((*store.by_kind(withdrawn::kind).begin()).kind() == withdrawn::kind, "by_kind"); };
    report("by_kind_make_us", median_time(first) / 1e3);
    const auto count = [&] {
      must(store.count(quipu::region::all().with_kind(withdrawn::kind)) == withdrawals, "count");
    };
    report("count_kind_us", median_time(count) / 1e3);
  }
  measure_project_all(directory, stored, whole);

  std::optional<quipu::read_only_store> reader;
  report("open_read_only_ms", time_of([&] { reader.emplace(settings_of(directory)); }) / 1e6);
  must_equal(sums_of(reader->project<account>(quipu::region::all())), whole, "read-only");
}

void fill_file_cache(const std::string& directory, const std::string& cache, const workload& stored) {
  quipu::store store{settings_of(directory), quipu::file_cache{cache}};
  sums all;
  for (const quipu::coordinate& each : coordinates_of(stored)) {
    const std::optional<account> state = store.project<account>(each.entity());
    must(state.has_value(), "an entity is missing");
    all.events += state->count;
  }
  must(all.events == stored.size(), "projections miss events");
}

void measure_projecting(const std::string& directory, const std::string& cache, const workload& stored) {
  const std::vector<quipu::coordinate> names = coordinates_of(stored);
  const std::string_view hot = names[stored.hot()].entity();
  {
    quipu::store store{settings_of(directory), quipu::file_cache{cache}};
    report("file_hit_first_us",
           time_of([&] { must(store.project<account>(names[1].entity()).has_value(), "no state"); }) / 1e3);
    std::uint64_t count = 0;
    report("file_hit_hot_first_us", time_of([&] { count = store.project<account>(hot)->count; }) / 1e3);
    must(count >= stored.hot_events, "the hot entity's state");
    report("file_hit_hot_us",
           median_time([&] { must(store.project<account>(hot)->count == count, "the hot entity's state"); }) / 1e3);
    report("file_hit_us", each_once(store, stored, names) / 1e3);
    report("file_after_one_us", after_one_event(store, names[stored.hot()]) / 1e3);
    store.sync();
  }
  quipu::store store{settings_of(directory), quipu::memory_cache{std::size_t{256} << 20}};
  each_once(store, stored, names);
  each_once(store, stored, names);
  report("memory_current_us", each_once(store, stored, names) / 1e3);
  static_cast<void>(store.project<account>(hot));
  constexpr std::uint64_t calls = 100;
  std::uint64_t counts = 0;
  const double taken = median_time([&] {
    counts = 0;
    for (std::uint64_t call = 0; call < calls; ++call) counts += store.project<account>(hot)->count;
  });
  must(counts / calls >= stored.hot_events, "the hot entity's state");
  report("memory_current_hot_us", taken / static_cast<double>(calls) / 1e3);
  report("memory_after_one_us", after_one_event(store, names[stored.hot()]) / 1e3);
}

void measure_durable_batches(const std::string& directory, std::size_t rounds) {
  constexpr std::uint64_t in_batch = 64;
  const workload all{rounds * in_batch, 1000, 0};
  const std::vector<quipu::coordinate> names = coordinates_of(all);
  quipu::store store{settings_of(directory)};
  store.append(names[0], deposited{});
  store.sync();
  const auto bytes_before = store.stats().written_bytes;
  group_commit bare{directory + "/probe", in_batch * 160};
  quipu::append_options durably;
  durably.durability = quipu::durability::durable;
  std::vector<double> ours;
  std::vector<double> limit;
  quipu::batch batch;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    batch.clear();
    for (std::uint64_t index = round * in_batch; index < (round + 1) * in_batch; ++index)
      with_event(all, index, [&](const auto& event) { batch.add(names[all.entity_of(index)], event, durably); });
    ours.push_back(time_of([&] { must(store.append(batch).back().durable, "a receipt isn't durable"); }));
    limit.push_back(time_of([&] { bare.commit(); }));
  }
  must(store.stats().events == rounds * in_batch + 1, "events are missing");
  report("batch64_p50_us", median(std::move(ours)) / 1e3);
  report("batch64_bare_p50_us", median(std::move(limit)) / 1e3);
  report("batch64_bytes",
         static_cast<double>(store.stats().written_bytes - bytes_before) / static_cast<double>(rounds));
}

}  // namespace journal_bench
