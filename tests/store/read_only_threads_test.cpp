// SPDX-License-Identifier: BSL-1.0
//
// read_only_threads_test.cpp: one read_only_store, which several threads ask different questions, while a writer
// appends, begins segments and compacts. Each answer is that of a prefix of the log, without half a batch. The thread
// sanitizer sees the reads that no lock orders.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::compaction;
using quipu::durability;
using quipu::event_view;
using quipu::region;

namespace {

/// Runs questions in threads, again and again, until it ends. Catch's macros aren't for several threads, so a question
/// returns what is wrong with its answer.
class questioners {
 public:
  using question = std::function<std::string()>;

  void add(question ask) {
    threads_.emplace_back([this, ask = std::move(ask)] {
      try {
        do {
          if (const std::string wrong = ask(); !wrong.empty()) return tell(wrong);
          ++answers_;
        } while (!is_over_.load());
      } catch (const std::exception& failure) {
        tell(failure.what());
      }
    });
  }
  /// Empty, or what was wrong.
  std::string end() {
    is_over_.store(true);
    for (std::thread& each : threads_) each.join();
    return wrong_;
  }
  [[nodiscard]] std::uint64_t answers() const { return answers_.load(); }

 private:
  void tell(const std::string& wrong) {
    const std::lock_guard lock{mutex_};
    wrong_ += wrong + "\n";
  }

  std::atomic<bool> is_over_{false};
  std::atomic<std::uint64_t> answers_{0};
  std::mutex mutex_;
  std::string wrong_;
  std::vector<std::thread> threads_;
};

/// A batch that leaves every sum as it was, of two entities or of one.
quipu::batch balanced(std::int64_t number) {
  const std::string entity = "account:" + std::to_string(number % 5);
  const quipu::append_options buffered{.durability = durability::buffered};
  quipu::batch made;
  made.add({entity, "books"}, deposited{number}, buffered);
  made.add({entity, "books"}, withdrawn{number, std::string(60, 'x')}, buffered);
  return made;
}

std::string sum_problem(quipu::read_only_store& reader) {
  std::int64_t sum = 0;
  for (const event_view& each : reader.query(region::all()))
    each.visit(account::events{}, [&sum]<class Event>(const Event& event) {
      sum += Event::kind == deposited::kind ? event.cents : -event.cents;
    });
  return sum == 0 ? "" : "half a batch: " + std::to_string(sum);
}

std::string project_problem(quipu::read_only_store& reader) {
  std::string wrong;
  for (int number = 0; number < 5; ++number) {
    const auto state = reader.project<account>("account:" + std::to_string(number));
    if (state && state->cents != 0) wrong = "a state of half a batch";
  }
  if (reader.project<account>(region::scope("books")).cents != 0) wrong = "a folded region has half a batch";
  return wrong;
}

std::string lineage_problem(quipu::read_only_store& reader) {
  std::vector<event_view> last;
  for (const event_view& each : reader.query(region::entity("account:3"))) last.assign(1, each);
  if (last.empty()) return {};
  std::uint64_t before = last[0].entity_sequence();
  for (const event_view& each : reader.ancestors(last[0].id(), 20)) {
    if (each.entity() != "account:3" || each.entity_sequence() >= before) return "a wrong ancestor";
    before = each.entity_sequence();
  }
  return reader.find(last[0].id()) ? "" : "an event isn't found by its id";
}

std::string delivery_problem(quipu::read_only_store& reader, std::uint64_t enough) {
  auto cursor = reader.cursor_guaranteed(region::all());
  auto now = reader.subscribe_lossy(region::entity_prefix("account:"), {.capacity = 16});
  auto watched = reader.watch<account>("account:1");
  std::uint64_t next = 0;
  for (std::uint64_t polled = 0; polled < enough; ++polled) {
    const auto event = cursor.poll();
    if (!event) break;
    if (event->sequence() < next) return "a cursor went back";
    next = event->sequence() + 1;
    static_cast<void>(now.try_recv());
    if (polled % 16 == 0) static_cast<void>(watched.try_recv());
  }
  return {};
}

void ask_everything(quipu::read_only_store& reader, questioners& asking) {
  asking.add([&] { return sum_problem(reader); });
  asking.add([&] { return project_problem(reader); });
  asking.add([&] { return lineage_problem(reader); });
  asking.add([&] { return delivery_problem(reader, 100); });
  asking.add([&] {
    return reader.count(region::entity("account:0").with_events<deposited>()) < 100'000 ? "" : "a wrong count";
  });
  asking.add([&, events = std::uint64_t{0}]() mutable -> std::string {
    const auto now = reader.stats();
    const std::uint64_t before = std::exchange(events, now.events);
    static_cast<void>(reader.head());
    return now.events < before ? "the log became shorter" : "";
  });
}

/// Appends until the readers gave enough answers; compacts now and then.
void write(quipu::store& writer, const questioners& asking, bool compacts) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};  // should a questioner have ended
  for (std::int64_t number = 0; number < 600 || (asking.answers() < 200 && std::chrono::steady_clock::now() < end);
       ++number) {
    writer.append(balanced(number));
    if (!compacts || number % 150 != 149) continue;
    const auto is_kept = [&](const event_view& event) { return event.entity() != "account:4"; };
    writer.compact(number % 300 == 149 ? compaction::retain(is_kept) : compaction::tombstone(is_kept));
  }
}

quipu::config growing_store(const fs::path& folder, std::size_t segment_bytes) {
  quipu::config settings = small_segments(folder);
  settings.segment_max_bytes = segment_bytes;
  settings.sync.mode = quipu::sync_mode::buffered;
  settings.writer.buffer_bytes = 4096;
  return settings;
}

void read_while_written(const quipu::config& settings, bool compacts) {
  quipu::store writer{settings};
  writer.append(balanced(1));
  writer.sync();
  quipu::read_only_store reader{settings};
  questioners asking;
  ask_everything(reader, asking);
  write(writer, asking, compacts);
  CHECK(asking.end() == "");
  writer.sync();
  CHECK(reader.stats().events == writer.stats().events);
  CHECK(reader.head() == writer.head());
  CHECK(reader.count(region::all()) == writer.count(region::all()));
}

}  // namespace

TEST_CASE("several threads ask one read-only store while its log grows", "[read_only][threads]") {
  const scratch_folder folder;
  read_while_written(growing_store(folder / "data", 4096), false);
}

TEST_CASE("several threads ask one read-only store while its log is compacted", "[read_only][threads]") {
  const scratch_folder folder;
  read_while_written(growing_store(folder / "data", 16 << 10), true);
}

TEST_CASE("a thread closes a read-only store while others ask it", "[read_only][threads]") {
  const scratch_folder folder;
  const quipu::config settings = growing_store(folder / "data", 4096);
  quipu::store writer{settings};
  for (int round = 0; round < 10; ++round) {
    quipu::read_only_store reader{settings};
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (int number = 0; number < 3; ++number)
      threads.emplace_back([&] {
        try {
          for (;;) static_cast<void>(reader.count(region::all()));
        } catch (const quipu::error& failure) {
          if (failure.code() == quipu::errc::closed) ++refused;
        }
      });
    for (std::int64_t number = 0; number < 20; ++number) writer.append(balanced(number));
    reader.close();
    for (std::thread& each : threads) each.join();
    CHECK(refused == 3);
  }
}
