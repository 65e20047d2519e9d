// SPDX-License-Identifier: BSL-1.0
//
// kill9.cpp: a program that writes is killed with SIGKILL at random moments, started again, and killed again; a reader
// in another process looks on and outlives the writers. The system keeps the pages of a killed process, so all that was
// written must be there.
#include "part.hpp"
#include "program.hpp"
#include "shared_page.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace torture {
namespace {

constexpr std::size_t kills_of_a_store = 25;

using shared_count = shared_page<std::atomic<std::uint64_t>>;

/// Looks at a store and remembers it: what was seen once stays, batches are whole, and numbers are dense.
class onlooker {
 public:
  void look_at(quipu::read_only_store& at) {
    std::size_t position = 0;
    std::string entity;
    for (const quipu::event_view& each : at.query(region::all())) {
      if (each.sequence() != position) throw std::runtime_error{"a reader sees a gap"};
      if (position == seen_.size()) seen_.push_back(each.id());
      if (each.id() != seen_[position]) throw std::runtime_error{"a reader sees another event than before"};
      entity = each.entity();
      ++position;
    }
    if (position < seen_.size()) throw std::runtime_error{"a reader saw events that are gone"};
    if (entity.starts_with("batch:") && entity != "batch:2")
      throw std::runtime_error{"a reader sees a part of a batch"};
  }

 private:
  std::vector<quipu::event_id> seen_{};
};

/// Looks at a store until it is killed.
void look_on(const quipu::config& settings, const shared_count& looks) {
  onlooker eyes;
  for (;;) {
    try {
      quipu::read_only_store opened{settings};
      for (int round = 0; round < 20; ++round) {
        eyes.look_at(opened);
        ++looks.value();
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    } catch (const quipu::error& failure) {
      if (failure.code() != quipu::errc::not_found) throw;  // not made yet
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
}

/// From 0.1 ms, which is before the store is open, to 51 ms; short ones are as likely as long ones.
std::chrono::microseconds random_life_time(seeded& random) {
  const std::size_t most = std::size_t{100} << random.below(10);
  return std::chrono::microseconds{100 + random.below(most)};
}

/// Kills the writer of one store again and again.
class killed_store {
 public:
  killed_store(std::uint64_t seed, report& to, const shared_count& looks)
      : report_{to}, random_{seed}, settings_{real_store(folder_.path())}, reader_{[this, &looks](const mouth&) {
          look_on(settings_, looks);
        }} {}

  void run(const options& given) {
    for (std::size_t life = 0; life < kills_of_a_store; ++life) {
      std::string problem = problem_of_a_life(1000 * (life + 1));
      if (problem.empty()) problem = problem_of_reader();
      if (!problem.empty()) {
        folder_.keep();
        return report_.problem(problem + "\n  the store is kept in " + folder_.path().string(),
                               "--seed " + std::to_string(given.seed));
      }
      if (report_.is_over()) return;
    }
  }

 private:
  std::string problem_of_a_life(std::uint64_t first_number) {
    const std::uint64_t seed = random_.next();
    speaking_process child{[&](const mouth& speaks) {
      program writes{settings_, speaks, known_, first_number};
      work_endlessly(writes, seed);
    }};
    const std::uint64_t before = known_.acknowledged_commits();
    child.listen(known_, random_life_time(random_));
    const int end = child.kill(known_);
    if (end != -SIGKILL) return "the writer ended by itself: " + known_.problem();
    report_.add("kills");
    if (!std::filesystem::exists(settings_.directory / "quipu.store")) return {};
    report_.add("commits acknowledged", known_.acknowledged_commits() - before);
    const bool is_only_read = random_.below(3) == 0;
    report_.add(is_only_read ? "checked by a reader" : "checked by opening");
    return is_only_read ? known_.problem_for_a_reader(settings_) : known_.problem_after_opening(settings_);
  }
  std::string problem_of_reader() {
    oracle heard;
    if (!reader_.listen(heard, std::chrono::microseconds{1})) return {};
    return heard.problem().empty() ? "the reader died" : heard.problem();
  }

  report& report_;
  seeded random_;
  scratch_folder folder_{"kill9"};
  quipu::config settings_;
  oracle known_{};
  speaking_process reader_;
};

}  // namespace

int run_kill9(const options& given) {
  report to{"kill9", given};
  const shared_count looks;
  for (std::uint64_t seed = given.seed; !to.is_over(std::to_string(looks.value().load()) + " looks of readers"); ++seed)
    killed_store{seed, to, looks}.run(given);
  return to.conclude(std::to_string(looks.value().load()) + " looks of readers");
}

}  // namespace torture
