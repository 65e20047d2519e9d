// SPDX-License-Identifier: BSL-1.0
//
// visibility.cpp: one program appends batches in every way, while threads of it and other processes ask the store
// without pause what is there. None of them may see a part of a batch, nor less than was seen or acknowledged before.
#include "batch_witness.hpp"
#include "oracle.hpp"
#include "part.hpp"
#include "repeating_thread.hpp"
#include "scratch_folder.hpp"
#include "shared_page.hpp"

#include <quipu/cache/memory_cache.hpp>
#include <quipu/store/read_only_store.hpp>
#include <quipu/store/store.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace torture {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr std::uint64_t reads_without_a_limit = 100'000'000;
constexpr std::size_t reading_threads = 2;
constexpr std::size_t reading_processes = 2;
constexpr std::size_t lives_of_a_store = 3;
constexpr auto length_of_a_life = 1s;
constexpr auto life_of_a_reader = 400ms;
constexpr std::size_t reads_between_looks_at_the_clock = 64;
constexpr std::size_t steps_between_looks = 16;
constexpr std::size_t cache_bytes = 1 << 20;

struct shared_state {
  seen_page seen{};
  std::array<read_counts, reading_threads + reading_processes> reads{};
};

quipu::config settings_in(const std::filesystem::path& folder) {
  quipu::config settings{.directory = folder / "ledger"};
  settings.segment_max_bytes = 32 << 10;
  settings.writer.buffer_bytes = 4096;
  settings.writer.preallocate_bytes = 4096;
  settings.sync.interval_ms = 20;
  return settings;
}

/// What a process does that reads: opens the store again and again until all is over, and then once more.
void read_elsewhere(const quipu::config& settings, batch_witness& witness, const seen_page& seen) {
  const pid_t parent = ::getppid();
  const auto is_over = [&] { return seen.is_over || ::getppid() != parent; };
  for (bool is_last = false; !is_last;) {
    is_last = is_over();
    const bool is_made = seen.elsewhere != 0;
    try {
      quipu::read_only_store opened{settings, quipu::memory_cache{cache_bytes}};
      witness.begin(opened, [&] { return opened.stats().events; });
      for (const auto end = clock::now() + life_of_a_reader; !is_over() && clock::now() < end;)
        for (std::size_t each = 0; each < reads_between_looks_at_the_clock; ++each) witness.ask();
      witness.ask_all();
      witness.end();
    } catch (const quipu::error& failure) {
      if (failure.code() != quipu::errc::not_found || is_made) throw;
      std::this_thread::sleep_for(1ms);
    }
  }
}

/// A process that reads, and what it said is wrong.
class reading_process {
 public:
  explicit reading_process(const std::function<void(const mouth&)>& program) : process_{program} {}

  [[nodiscard]] bool has_ended() {
    if (!has_ended_ && process_.listen(heard_, 1us)) {
      exit_code_ = process_.wait();
      has_ended_ = true;
    }
    return has_ended_;
  }
  /// Empty, or what is wrong, of a process that has ended.
  [[nodiscard]] std::string problem() const {
    if (exit_code_ == 0) return {};
    return "a reading process: " +
           (heard_.problem().empty() ? "exit code " + std::to_string(exit_code_) : heard_.problem());
  }

 private:
  speaking_process process_;
  oracle heard_{};
  bool has_ended_{};
  int exit_code_{};
};

/// Appends the planned batches, in every way that there is.
class batch_writer {
 public:
  batch_writer(std::uint64_t seed, seen_page& seen) : random_{~seed}, plan_{seed}, seen_{seen} {}

  void write_to(quipu::store& to) {
    const auto how = random_.below(4) == 0 ? quipu::durability::durable : quipu::durability::buffered;
    if (random_.below(3) == 0)
      submit(to, how);
    else
      append(to, how);
    if (random_.below(16) != 0) return;
    to.sync();
    seen_page::raise(seen_.elsewhere, plan_.current().begin);
  }
  [[nodiscard]] std::uint64_t batches() const noexcept { return plan_.current().number; }
  [[nodiscard]] std::uint64_t events() const noexcept { return plan_.current().begin; }

 private:
  [[nodiscard]] quipu::batch next_batch(quipu::durability how) {
    const planned_batch& planned = plan_.current();
    quipu::batch events;
    for (std::size_t place = 0; place < planned.size; ++place)
      events.add({entity_in(planned.group, place), scope_of(planned.group)},
                 batch_part{planned.number, place, planned.size, std::string(random_.below(300), 'x')},
                 {.durability = how});
    plan_.advance();
    return events;
  }
  void acknowledge(quipu::durability how) {
    seen_page::raise(seen_.here, plan_.current().begin);
    if (how == quipu::durability::durable) seen_page::raise(seen_.elsewhere, plan_.current().begin);
  }
  void append(quipu::store& to, quipu::durability how) {
    static_cast<void>(to.append(next_batch(how)));
    acknowledge(how);
  }
  void submit(quipu::store& to, quipu::durability how) {
    std::vector<quipu::batch_ticket> tickets;
    for (std::size_t left = 1 + random_.below(8); left != 0; --left)
      tickets.push_back(to.submit_batch(next_batch(how)));
    for (quipu::batch_ticket& each : tickets) static_cast<void>(each.wait());
    acknowledge(how);
  }

  simulation::seeded random_;
  batch_plan plan_;
  seen_page& seen_;
};

/// One store, its writer and its readers.
class watched_store {
 public:
  watched_store(std::uint64_t seed, report& to, shared_state& shared)
      : seed_{seed}, report_{to}, shared_{shared}, settings_{settings_in(folder_.path())}, writer_{seed, shared.seen} {
    shared_.seen.here = shared_.seen.elsewhere = 0;
    shared_.seen.is_over = false;
    for (std::size_t each = 0; each < reading_processes; ++each)
      processes_.push_back(std::make_unique<reading_process>([this, each](const mouth&) {
        batch_witness witness = new_witness(reading_threads + each, batch_witness::place::another_process);
        read_elsewhere(settings_, witness, shared_.seen);
      }));
    for (std::size_t each = 0; each < reading_threads; ++each)
      witnesses_.push_back(new_witness(each, batch_witness::place::writers_process));
  }

  /// Runs until it is over for this store, or for all. Returns whether nothing was wrong.
  bool run(const std::function<bool()>& is_over) {
    try {
      for (std::size_t life = 0; life < lives_of_a_store && problem_.text().empty() && !is_over(); ++life)
        live(is_over);
    } catch (const std::exception& failure) {
      problem_.set(std::string{"the writer: "} + failure.what());
    }
    shared_.seen.is_over = true;
    for (const auto& each : processes_) wait_for(*each);
    report_.add("batches", writer_.batches());
    report_.add("events", writer_.events());
    report_.add("openings", openings_);
    report_.add("compactions", compactions_);
    if (problem_.text().empty()) return true;
    folder_.keep();
    report_.problem(problem_.text() + "\n  the store is kept in " + folder_.path().string(),
                    "--seed " + std::to_string(seed_));
    return false;
  }

 private:
  [[nodiscard]] batch_witness new_witness(std::size_t reader, batch_witness::place where) const {
    return {seed_, seed_ * 1000 + reader, where, shared_.seen, shared_.reads[reader]};
  }

  void live(const std::function<bool()>& is_over) {
    quipu::store opened{settings_, quipu::memory_cache{cache_bytes}};
    ++openings_;
    {
      std::vector<std::unique_ptr<repeating_thread>> threads;
      for (batch_witness& each : witnesses_) {
        each.begin(opened, [&] { return opened.stats().events; });
        threads.push_back(std::make_unique<repeating_thread>(
            "a thread of the writer", [&] { each.ask(); }, problem_));
      }
      threads.push_back(std::make_unique<repeating_thread>(
          "a compaction", [&] { compact(opened); }, problem_));
      for (const auto end = clock::now() + length_of_a_life;
           clock::now() < end && problem_.text().empty() && !is_over();) {
        for (std::size_t each = 0; each < steps_between_looks; ++each) writer_.write_to(opened);
        for (const auto& each : processes_) look_at(*each);
      }
    }
    for (batch_witness& each : witnesses_) each.end();
    opened.close();
    seen_page::raise(shared_.seen.elsewhere, writer_.events());
  }
  void compact(quipu::store& opened) {
    std::this_thread::sleep_for(50ms);
    static_cast<void>(opened.compact(quipu::compaction::merge()));
    ++compactions_;
  }

  void look_at(reading_process& reader) {
    if (!reader.has_ended()) return;
    if (const std::string problem = reader.problem(); !problem.empty())
      problem_.set(problem);
    else if (!shared_.seen.is_over)
      problem_.set("a reading process ended too early");
  }
  void wait_for(reading_process& reader) {
    for (const auto end = clock::now() + 1min; !reader.has_ended();)
      if (clock::now() >= end) return problem_.set("a reading process doesn't come to its end");
    look_at(reader);
  }

  std::uint64_t seed_;
  report& report_;
  shared_state& shared_;
  scratch_folder folder_{"visibility"};
  quipu::config settings_;
  batch_writer writer_;
  std::vector<std::unique_ptr<reading_process>> processes_{};
  std::vector<batch_witness> witnesses_{};
  first_problem problem_{};
  std::uint64_t openings_{};
  std::atomic<std::uint64_t> compactions_{};
};

/// The reads of some of the readers.
std::uint64_t reads_of(const shared_state& shared, std::size_t first, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t reader = first; reader < first + count; ++reader)
    for (const auto& each : shared.reads[reader]) sum += each;
  return sum;
}

}  // namespace

int run_visibility(const options& given) {
  report to{"visibility", given};
  const shared_page<shared_state> page;
  const auto text = [&] {
    const std::uint64_t here = reads_of(page.value(), 0, reading_threads);
    const std::uint64_t elsewhere = reads_of(page.value(), reading_threads, reading_processes);
    return std::to_string(here + elsewhere) + " reads, " + std::to_string(elsewhere) + " of them in other processes";
  };
  const auto is_over = [&] {
    return to.is_over(text()) ||
           (given.seconds == 0 &&
            reads_of(page.value(), 0, reading_threads + reading_processes) >= reads_without_a_limit);
  };
  for (std::uint64_t seed = given.seed; !is_over(); ++seed)
    if (!watched_store{seed, to, page.value()}.run(is_over)) break;
  for (std::size_t each = 0; each < question_names.size(); ++each) {
    std::uint64_t sum = 0;
    for (const read_counts& of : page.value().reads) sum += of[each];
    to.add(question_names[each], sum);
  }
  return to.conclude(text());
}

}  // namespace torture
