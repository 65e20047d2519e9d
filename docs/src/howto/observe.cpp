// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  static constexpr std::string_view name = "account";
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

// [opening]
void show_opening(const quipu::config& settings) {
  quipu::store store{settings};
  const quipu::opening_report opened = store.diagnostics().opening;
  std::cout << name_of(opened.path) << ": " << opened.events << " events in "
            << opened.segments << " segment, " << opened.indexed
            << " by its index file, " << opened.scanned << " read\n";
}
// [/opening]

// [tally]
struct tally : quipu::observer {
  std::atomic<std::uint64_t> opened{}, appends{}, events{}, bytes{}, flushes{},
      rotations{};
  std::atomic<std::uint64_t> hits{}, misses{}, parked{}, failures{}, compactions{};

  void on_open(const quipu::opening_report&) noexcept override { ++opened; }
  void on_append(const appended& what) noexcept override {
    ++appends;
    events += what.events;
    bytes += what.bytes;
  }
  void on_flush(const flushed&) noexcept override { ++flushes; }
  void on_rotation(const rotated&) noexcept override { ++rotations; }
  void on_compaction(const compacted&) noexcept override { ++compactions; }
  void on_projection(const projected& what) noexcept override {
    ++(what.cached ? hits : misses);
  }
  void on_poison(const poisoned& what) noexcept override {
    parked += what.parked ? 1 : 0;
  }
  void on_failure(const failed&) noexcept override { ++failures; }
};
// [/tally]

// Stands for opentelemetry::metrics, which is another package.
struct histogram {
  std::uint64_t count{};
  double sum{};
  void record(double value) noexcept {
    ++count;
    sum += value;
  }
};

// [telemetry]
// Hands figures on to a telemetry library, and faults to a log. `histogram` stands for
// `opentelemetry::metrics::Histogram<double>`, whose member is `Record(seconds,
// attributes, context)`.
class telemetry : public quipu::observer {
 public:
  void on_append(const appended& what) noexcept override {
    record(append_seconds, what.took);
  }
  void on_flush(const flushed& what) noexcept override {
    record(flush_seconds, what.took);
  }

  void on_failure(const failed& what) noexcept override {
    const std::lock_guard lock{mutex_};
    std::clog << "quipu: " << what.consumer
              << (what.restarts ? " restarts: " : " has failed: ") << what.reason
              << '\n';
  }
  void on_cache_failure(std::string_view why) noexcept override {
    const std::lock_guard lock{mutex_};
    std::clog << "quipu: cache: " << why << '\n';
  }

  histogram append_seconds, flush_seconds;

 private:
  void record(histogram& in, duration took) noexcept {
    const std::lock_guard lock{mutex_};  // OpenTelemetry's own are thread-safe
    in.record(std::chrono::duration<double>{took}.count());
  }
  std::mutex mutex_;
};
// [/telemetry]

void work(quipu::store& store) {
  for (int number = 0; number < 40; ++number)
    store.append({"account:alice", "branch:zurich"}, deposited{100});
  static_cast<void>(store.project<account>("account:alice"));
  static_cast<void>(store.project<account>("account:alice"));
  auto mailer = store.cursor_worker(
      "mailer", quipu::region::all().with_sequence_range(39, 39),
      [](const quipu::event_view&) { throw std::runtime_error{"no address"}; },
      {.poison = quipu::poison_policy::park()});
  if (!mailer.wait_caught_up_for(1min)) std::cout << "that takes long\n";
  store.compact(quipu::compaction::merge());
}

int main() {
  const quipu::config settings{.directory = "ledger"};
  {
    quipu::store store{settings};
    for (int number = 0; number < 3; ++number)
      store.append({"account:alice", "branch:zurich"}, deposited{100});
  }
  show_opening(settings);

  // [use]
  const auto seen = std::make_shared<tally>();
  quipu::config observed{.directory = "observed", .segment_max_bytes = 4096};
  observed.observer = seen;
  {
    quipu::store store{observed, quipu::memory_cache{1 << 20}};
    work(store);
  }
  std::cout << "opened " << seen->opened << " time\n"
            << seen->appends << " appends of " << seen->events << " events, "
            << seen->bytes << " bytes\n"
            << "flushed: " << (seen->flushes >= seen->appends ? "yes" : "no") << '\n'
            << seen->rotations << " rotations, " << seen->compactions << " compaction\n"
            << "projected: " << seen->hits << " from the cache, " << seen->misses
            << " without\n"
            << seen->parked << " event parked, " << seen->failures
            << " workers failed\n";
  // [/use]

  const auto meters = std::make_shared<telemetry>();
  {
    quipu::config metered{.directory = "metered"};
    metered.observer = meters;
    quipu::store store{metered};
    store.append({"account:alice", "branch:zurich"}, deposited{100});
  }
  std::cout << meters->append_seconds.count << " append measured\n";
}
