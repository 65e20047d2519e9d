// SPDX-License-Identifier: BSL-1.0
//
// crashes.cpp: a writer is killed at random moments, and the next one goes on with what it left; or the file system
// under it is cut off from its device as well, as by a power cut. What was acknowledged must be there.
#include "../mount.hpp"
#include "../scratch_folder.hpp"
#include "../shared_page.hpp"
#include "tests.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

namespace torture {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t lives_of_a_store = 20;
constexpr std::uint64_t records_of_a_store = 20'000;  // a small file system has room for them

/// The writer tells its parent how far it is: the parent sees what was there before the kill.
struct progress {
  std::atomic<std::uint64_t> begun{};
  std::atomic<std::uint64_t> acknowledged{};
};

/// Commits without an end; opens the store anew now and then.
void write_endlessly(const peer& of, const fs::path& folder, std::uint64_t seed, progress& told) {
  std::mt19937_64 random{seed};
  auto opened = of.open(folder, purpose::write);
  for (std::uint64_t first = told.acknowledged; first < records_of_a_store;) {
    const std::uint64_t size = commit_size(first);
    told.begun = first + size;
    opened->append(first, size);
    told.acknowledged = first += size;
    if (random() % 64 != 0) continue;
    opened.reset();
    opened = of.open(folder, purpose::write);
  }
  ::pause();
}

void make_durable(const fs::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ::fsync(opened);
  ::close(opened);
}

/// One peer's stores, one after another, and the lives of their writers.
class crashing_peer {
 public:
  crashing_peer(const peer& of, fs::path folder, std::uint64_t seed)
      : of_{of}, parent_{std::move(folder)}, random_{seed} {}

  /// A life of the writer, the disaster after its death, and the verdict.
  template <class Disaster>
  verdict live(Disaster&& disaster) {
    if (lives_++ % lives_of_a_store == 0 || is_spoilt_) begin_store();
    const written before = expected();
    const verdict end = kill_writer();
    acknowledged_ += told_.value().acknowledged - before.acknowledged;
    disaster();
    verdict found = end.how == outcome::unharmed ? judge(of_, folder_, expected()) : end;
    is_spoilt_ = found.how != outcome::unharmed;
    told_.value().begun = found.found;
    told_.value().acknowledged = found.found;
    return found;
  }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::string& name() const { return of_.name; }

 private:
  /// In a folder that is on the disk, with its name: a store need not make that sure.
  void begin_store() {
    if (!folder_.empty()) fs::remove_all(folder_);
    folder_ = parent_ / (of_.name + " " + std::to_string(lives_));
    fs::create_directories(folder_);
    for (const fs::path& each : {folder_, parent_}) make_durable(each);
    told_.value().begun = 0;
    told_.value().acknowledged = 0;
  }
  [[nodiscard]] written expected() const { return {told_.value().acknowledged, told_.value().begun}; }

  /// Unharmed if the writer lived until it was killed.
  verdict kill_writer() {
    const std::uint64_t seed = random_();
    child_process writer{[&] { write_endlessly(of_, folder_, seed, told_.value()); }};
    if (random_() % 2 == 0) wait_for_a_commit();
    std::this_thread::sleep_for(life_time());
    writer.kill();
    const int end = writer.wait();
    if (end == -SIGKILL) return {};
    return {end < 0 ? outcome::crashed : outcome::reported, 0, "the writer ended by itself: " + std::to_string(end)};
  }
  /// Half of the lives get that far, however slow the machine is.
  void wait_for_a_commit() const {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    const std::uint64_t before = told_.value().acknowledged;
    while (told_.value().acknowledged == before && std::chrono::steady_clock::now() < latest)
      std::this_thread::sleep_for(std::chrono::microseconds{100});
  }
  /// From 0.1 ms, which is before the store is open, to 102 ms; short ones are as likely as long ones.
  std::chrono::microseconds life_time() {
    const std::uint64_t most = std::uint64_t{100} << (random_() % 11);
    return std::chrono::microseconds{100 + random_() % most};
  }

  const peer& of_;
  fs::path parent_;
  std::mt19937_64 random_;
  shared_page<progress> told_{};
  fs::path folder_{};
  std::uint64_t lives_{};
  std::uint64_t acknowledged_{};
  bool is_spoilt_{};
};

/// Lets the peers that are made for everyday use take turns until the time is over.
template <class Disaster>
std::vector<tally> crash_in_turns(const std::vector<peer>& of, const fs::path& folder, const options& given, report& to,
                                  Disaster&& disaster) {
  std::vector<std::unique_ptr<crashing_peer>> peers;
  std::vector<tally> tallies;
  for (const peer& each : of) {
    if (each.only_for_damage) continue;
    peers.push_back(std::make_unique<crashing_peer>(each, folder, given.seed));
    tallies.push_back({each.name});
  }
  for (std::uint64_t turn = 0; !to.is_over("turn " + std::to_string(turn)); ++turn)
    for (std::size_t which = 0; which < peers.size(); ++which)
      count(tallies[which], peers[which]->live([&] { disaster(turn); }), false, given, to);
  for (std::size_t which = 0; which < peers.size(); ++which)
    tallies[which].extent = " with " + std::to_string(peers[which]->acknowledged()) + " records acknowledged";
  return tallies;
}

}  // namespace

std::vector<tally> kill_writers(const std::vector<peer>& of, const options& given, report& to) {
  const scratch_folder scratch{"peers"};
  return crash_in_turns(of, scratch.path(), given, to, [](std::uint64_t) {});
}

std::vector<tally> cut_power(const std::vector<peer>& of, const std::string& file_system, const options& given,
                             report& to) {
  const scratch_folder scratch{"peers"};
  small_mount mount{file_system, scratch.path()};
  return crash_in_turns(of, mount.path(), given, to, [&](std::uint64_t turn) { mount.cut_power(turn % 4 == 0); });
}

}  // namespace torture
