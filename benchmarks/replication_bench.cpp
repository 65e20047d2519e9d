// SPDX-License-Identifier: BSL-1.0
//
// replication_bench.cpp: what a replicated store costs on top of its engine, in the same process, in alternating
// rounds.
//
//   tools/engine_servers.py jetstream replication_bench jetstream [rounds, default 9]
//   tools/engine_servers.py postgres replication_bench postgres [rounds, default 9]
//
// The baseline of an append is a bare append to the engine's log of a record with as many bytes as the store's record
// has; "read as well" is one by a program that also reads the log as it grows, which every replica must do. That of
// reading is a local store with the same events. Prints a Markdown table of medians.
#include <quipu/replication/jetstream_log.hpp>
#include <quipu/replication/postgres_log.hpp>
#include <quipu/replication/replicated_store.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

struct moved {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
  std::string note{};
};
struct total {
  using events = quipu::event_list<moved>;
  std::int64_t cents{};
  void apply(const moved& event) { cents += event.cents; }
};

constexpr int entities = 100;
const std::string note(60, 'n');

quipu::coordinate place_of(std::uint64_t number) { return {"entity:" + std::to_string(number % entities), "bench"}; }

/// Passes everything on, and keeps the size of the smallest record.
class weighing_log final : public quipu::shared_log {
 public:
  explicit weighing_log(std::shared_ptr<quipu::shared_log> engine) : engine_{std::move(engine)} {}

  quipu::outcome<std::uint64_t> append(std::span<const std::byte> record, const quipu::event_id& id) override {
    smallest_ = std::min(smallest_.load(), record.size());
    return engine_->append(record, id);
  }
  quipu::outcome<std::vector<quipu::shared_record>> read(std::uint64_t from, std::size_t limit,
                                                         std::chrono::milliseconds wait) override {
    return engine_->read(from, limit, wait);
  }
  quipu::outcome<quipu::shared_log_extent> extent() override { return engine_->extent(); }
  quipu::outcome<void> trim(std::uint64_t below) override { return engine_->trim(below); }

  void forget() { smallest_ = ~std::size_t{0}; }
  [[nodiscard]] std::size_t smallest() const { return smallest_; }

 private:
  std::shared_ptr<quipu::shared_log> engine_;
  std::atomic<std::size_t> smallest_{~std::size_t{0}};
};

std::shared_ptr<quipu::shared_log> open_log(const std::string& engine, const std::string& name) {
  const char* const address = std::getenv(engine == "postgres" ? "QUIPU_POSTGRES_URL" : "QUIPU_JETSTREAM_URL");
  if (address == nullptr) throw std::runtime_error{"run this with tools/engine_servers.py"};
  if (engine == "postgres") return std::make_shared<quipu::postgres_log>(address, name);
  return std::make_shared<quipu::jetstream_log>(address, name);
}

double median_of(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Calls an operation `times` times. Returns the median of its durations, in microseconds.
double median_us(int times, const std::function<void()>& operation) {
  std::vector<double> took;
  for (int count = 0; count < times; ++count) {
    const auto begin = clock_type::now();
    operation();
    took.push_back(std::chrono::duration<double, std::micro>(clock_type::now() - begin).count());
  }
  return median_of(std::move(took));
}

/// Calls an operation in several threads at once. Returns how many of them were done in a second.
double rate(int threads, int times, const std::function<void()>& operation) {
  const auto begin = clock_type::now();
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread)
    running.emplace_back([&] {
      for (int count = 0; count < times; ++count) operation();
    });
  for (auto& each : running) each.join();
  return threads * times / std::chrono::duration<double>(clock_type::now() - begin).count();
}

/// Reads a log to its end, again and again, until it is destroyed.
class log_reader {
 public:
  explicit log_reader(std::shared_ptr<quipu::shared_log> log)
      : reading_{[this, log = std::move(log)] {
          std::uint64_t next = 1;
          while (!is_over_) {
            const auto read = log->read(next, 256, std::chrono::milliseconds{200});
            if (read.is_ok() && !read.value().empty()) next = read.value().back().position + 1;
          }
        }} {}
  log_reader(const log_reader&) = delete;
  log_reader& operator=(const log_reader&) = delete;
  ~log_reader() {
    is_over_ = true;
    reading_.join();
  }

 private:
  std::atomic<bool> is_over_{false};
  std::thread reading_;
};

/// A measurement and its baseline, round by round.
struct pair_of_series {
  const char* what;
  const char* unit;
  std::vector<double> store{};
  std::vector<double> base{};

  void print() const {
    const double ours = median_of(store);
    const double theirs = median_of(base);
    std::printf("| %s | %.3g %s | %.3g %s | %.2f |\n", what, ours, unit, theirs, unit, ours / theirs);
  }
};

void run(const std::string& engine, int rounds) {
  const auto folder = std::filesystem::temp_directory_path() / ("replication_bench." + engine);
  std::filesystem::remove_all(folder);
  quipu::config settings{.directory = folder / "replica"};
  settings.sync.mode = quipu::sync_mode::buffered;
  const auto weighed = std::make_shared<weighing_log>(open_log(engine, "bench_store"));
  const auto bare = open_log(engine, "bench_bare");
  const auto read_bare = open_log(engine, "bench_read");
  const log_reader reader{read_bare};
  quipu::replicated_store store{settings, weighed};
  settings.directory = folder / "local";
  quipu::store local{settings};

  std::atomic<std::uint64_t> number{0};
  const auto append = [&] {
    const std::uint64_t own = ++number;
    store.append(place_of(own), moved{static_cast<std::int64_t>(own), note});
  };
  append();
  weighed->forget();
  append();
  const std::vector<std::byte> record(weighed->smallest());
  const auto publish_to = [&record](quipu::shared_log& log) {
    log.append(record, quipu::event_id::generate()).value();
  };
  const auto publish = [&] { publish_to(*bare); };

  pair_of_series latency{"append, one thread, median", "µs"};
  pair_of_series read_latency{"same, the log read as well", "µs"};
  pair_of_series few{"appends, 8 threads", "a second"};
  pair_of_series many{"appends, 64 threads", "a second"};
  for (int round = 0; round < rounds; ++round) {
    latency.base.push_back(median_us(200, publish));
    latency.store.push_back(median_us(200, append));
    read_latency.base.push_back(median_us(200, [&] { publish_to(*read_bare); }));
    read_latency.store.push_back(latency.store.back());
    few.base.push_back(rate(8, 100, publish));
    few.store.push_back(rate(8, 100, append));
    many.base.push_back(rate(64, 30, publish));
    many.store.push_back(rate(64, 30, append));
  }

  for (const auto& event : store.query(quipu::region::all().with_events<moved>()))
    local.append({std::string{event.entity()}, "bench"}, event.as<moved>());
  local.sync();
  std::int64_t sum = 0;
  const auto fold = [&sum](quipu::store_reader& from) {
    for (int entity = 0; entity < entities; ++entity)
      sum += from.project<total>("entity:" + std::to_string(entity)).value_or(total{}).cents;
  };
  const auto scan = [&sum](quipu::store_reader& from) {
    for (const auto& event : from.query(quipu::region::all().with_events<moved>())) sum += event.as<moved>().cents;
  };
  pair_of_series projecting{"project 100 entities", "µs"};
  pair_of_series scanning{"read all events", "µs"};
  for (int round = 0; round < rounds; ++round) {
    projecting.base.push_back(median_us(20, [&] { fold(local); }));
    projecting.store.push_back(median_us(20, [&] { fold(store); }));
    scanning.base.push_back(median_us(20, [&] { scan(local); }));
    scanning.store.push_back(median_us(20, [&] { scan(store); }));
  }
  if (sum == 0) std::abort();

  std::printf("A record with one event has %zu bytes.\n\n", record.size());
  std::printf("| %s | replicated store | baseline | ratio |\n|---|---|---|---|\n", engine.c_str());
  for (const auto* each : {&latency, &read_latency, &few, &many, &projecting, &scanning}) each->print();
  store.close();
  local.close();
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int count, char** words) {
  const std::string engine = count > 1 ? words[1] : "";
  if (engine != "jetstream" && engine != "postgres") {
    std::fprintf(stderr, "usage: replication_bench jetstream|postgres [rounds]\n");
    return 2;
  }
  try {
    run(engine, count > 2 ? std::atoi(words[2]) : 9);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
