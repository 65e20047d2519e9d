// SPDX-License-Identifier: BSL-1.0
//
// flakey_machine.cpp: what the machine of flakey.cpp runs in place of an init. A program writes to an ext4 whose device
// stops keeping writes while requests are on their way. Both kinds of cut must leave what was promised until then:
//   - dropped: the writer is killed while the device holds all requests back, so that it acknowledges nothing that the
//     device only pretends to write. All that was acknowledged must be found.
//   - refused: the writer goes on until it meets errors, which must be typed. Nothing may be acknowledged as durable
//   that
//     the device refused, and a store that has failed must refuse everything, also when the device works again. All
//     that was acknowledged must be found: after mounting again; or without, where the system may still show what is
//     not on the disk, and what the next program found must be on the disk after the next cut.
// What was not acknowledged is a prefix of what was appended, in whole commits. Opening must succeed.
#include "flakey_disk.hpp"
#include "part.hpp"
#include "program.hpp"
#include "shared_page.hpp"

#include <fcntl.h>
#include <linux/reboot.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace torture {
namespace {

const std::filesystem::path outside{"/tmp/host"};  // a folder of the machine outside
constexpr std::size_t cuts_of_a_store = 20;
constexpr int appends_after_a_failure = 10;
constexpr std::chrono::seconds most_time_to_fail{60};

void require(bool succeeded, const std::string& what) {
  if (!succeeded) throw std::system_error{errno, std::generic_category(), what};
}

// ---- the writer that meets a device that refuses writes ----

/// What the writer has met, and what it waits for then.
enum class meeting : int { nothing, errors, failure_of_the_store, device_that_works_again };
using shared_meeting = shared_page<std::atomic<meeting>>;

/// Whether the store refuses everything until it is opened again.
bool has_failed(writer& of) {
  try {
    return !of.events().diagnostics().failure.empty();
  } catch (const quipu::error& failure) {
    if (failure.code() != quipu::errc::closed) throw;
    return true;  // closing failed
  }
}

/// After an error: if the store has not failed, the log is as it was, so the commit that was begun isn't in it.
void settle_doubt(writer& of) {
  if (!has_failed(of)) of.tells(promise_step::refused, 0, {});
}

/// Appends durably a few times, which must fail if the device refuses writes. If the store has failed, it must refuse
/// by its own error. An event that is accepted must be found later, like any other.
void append_after_failure(writer& to, bool is_device_broken) {
  const std::string when = is_device_broken ? "on a device that refuses writes" : "on a device that works again";
  for (int attempt = 0; attempt < appends_after_a_failure; ++attempt) {
    if (has_failed(to)) {
      try {
        // Not by the writer, whose messages would have the oracle forget the commit that failed midway.
        static_cast<void>(to.events().append({"refused", "books"}, noted{}));
      } catch (const quipu::error& refusal) {
        if (refusal.code() == quipu::errc::writer_failed || refusal.code() == quipu::errc::closed) continue;
        throw std::runtime_error{when + ", a store that has failed does not refuse: " + refusal.what()};
      }
      throw std::runtime_error{when + ", a store that has failed accepted an event"};
    }
    try {
      to.append("after a failure", 40, durability::durable);
    } catch (const quipu::error&) {
      settle_doubt(to);
      continue;
    }
    if (is_device_broken) throw std::runtime_error{when + ", an event was acknowledged as durable"};
  }
}

/// Works until the device refuses writes, and goes on; with `heals`, also when the device works again.
void work_to_a_failure(program& on, std::uint64_t seed, const shared_meeting& met, bool heals) {
  try {
    work_endlessly(on, seed);
  } catch (const quipu::error&) {
  }
  if (!on.with.is_open()) return;  // opening failed
  settle_doubt(on.with);
  append_after_failure(on.with, true);
  met.value() = has_failed(on.with) ? meeting::failure_of_the_store : meeting::errors;
  if (!heals) return;
  while (met.value() != meeting::device_that_works_again) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  append_after_failure(on.with, false);
}

// ---- one store after another, and what happens to them ----

class cut_off_store {
 public:
  cut_off_store(std::uint64_t seed, report& to)
      : report_{to}, random_{seed}, disk_{"/dev/ubda", std::filesystem::temp_directory_path() / "disk"} {}

  /// A program's life, a cut, and the check. Empty, or what is wrong.
  std::string next_problem() {
    if (lives_of_store_ == cuts_of_a_store) begin_store();
    ++lives_of_store_;
    const std::uint64_t before = known_.acknowledged_commits();
    const bool drops = random_.below(2) == 0;
    std::string problem = drops ? problem_of_dropped_writes() : problem_of_refused_writes();
    course_ += drops ? " dropped" : works_again_ ? " refused for a time" : " refused";
    if (problem.empty() && works_again_ && random_.below(2) == 0 && disk_.takes_files()) {
      report_.add("stores opened without mounting again");
      course_ += " (not mounted again)";
    } else {
      disk_.mount_again();
    }
    if (problem.empty()) problem = problem_of_what_is_left();
    report_.add(drops ? "cuts by dropped writes" : "cuts by refused writes");
    const std::uint64_t commits = known_.acknowledged_commits() - before;
    if (commits != 0) report_.add("cuts after a commit");
    report_.add("commits acknowledged", commits);
    if (problem.empty()) return {};
    lives_of_store_ = cuts_of_a_store;  // the next one is a new store's
    if (works_again_ && shows_old_blocks(problem)) {
      report_.add("stores refused for old blocks");
      return {};
    }
    keep_store();
    return problem + "; the cuts of this store:" + course_;
  }

 private:
  void begin_store() {
    disk_.format();
    settings_ = real_store(disk_.path());
    settings_.writer.preallocate_bytes = random_.below(3) * 700;
    known_ = {};
    course_ = {};
    lives_of_store_ = 0;
  }
  /// Copies what is left to the machine outside.
  void keep_store() {
    if (!std::filesystem::exists(settings_.directory)) return;
    const std::string name = "kept/" + std::to_string(++kept_stores_);
    std::filesystem::create_directories(outside / name);
    std::filesystem::copy(settings_.directory, outside / name, std::filesystem::copy_options::recursive);
  }
  /// From 0.1 ms to 0.8 s; short ones are as likely as long ones. It takes some 20 ms to open a store there.
  std::chrono::microseconds random_life_time() {
    return std::chrono::microseconds{100 + random_.below(std::size_t{100} << random_.below(14))};
  }

  std::string problem_of_dropped_writes() {
    works_again_ = false;
    const std::uint64_t seed = random_.next();
    speaking_process child{[&](const mouth& speaks) {
      program writes{settings_, speaks, known_, 1000 * lives_of_store_};
      work_endlessly(writes, seed);
    }};
    child.listen(known_, random_life_time());
    disk_.suspend();
    child.begin_kill();
    disk_.resume(writes_are::dropped);
    if (child.kill(known_) != -SIGKILL) return "the writer ended by itself: " + known_.problem();
    return {};
  }

  std::string problem_of_refused_writes() {
    works_again_ = false;
    const std::uint64_t seed = random_.next();
    const bool heals = random_.below(4) != 0;
    const shared_meeting met;
    speaking_process child{[&](const mouth& speaks) {
      program writes{settings_, speaks, known_, 1000 * lives_of_store_};
      work_to_a_failure(writes, seed, met, heals);
    }};
    child.listen(known_, random_life_time());
    disk_.suspend();
    disk_.resume(writes_are::refused);
    const auto end = std::chrono::steady_clock::now() + most_time_to_fail;
    bool has_ended = false;
    while (!(has_ended = child.listen(known_, std::chrono::milliseconds{5})) && met.value() == meeting::nothing)
      if (std::chrono::steady_clock::now() > end) return "the writer meets no error on a device that refuses writes";
    if (met.value() == meeting::failure_of_the_store) report_.add("stores that failed");
    works_again_ = heals && !has_ended;
    if (works_again_) {
      disk_.suspend();
      disk_.resume(writes_are::kept);
      report_.add("devices that work again");
    }
    met.value() = meeting::device_that_works_again;
    while (!child.listen(known_, std::chrono::seconds{1}))
      if (std::chrono::steady_clock::now() > end) return "the writer hangs";
    if (const int code = child.wait(); code != 0)
      return "the writer ends with " + std::to_string(code) + ": " + known_.problem();
    return {};
  }

  /// Linux 6.1 counts a new block of ext4 as written although writing it failed. When the device works again, the file
  /// shows there what the block held for another file, such as whole frames of a segment that compaction removed.
  static bool shows_old_blocks(const std::string& problem) {
    return problem.find("quipu: corrupt: a frame is damaged, and later ones are whole") != problem.npos;
  }
  std::string problem_of_what_is_left() {
    if (!std::filesystem::exists(settings_.directory / "quipu.store"))
      return known_.acknowledged_commits() == 0 ? "" : "the store is gone";
    if (random_.below(4) == 0) {
      if (const std::string problem = known_.problem_for_a_reader(settings_); !problem.empty()) return problem;
    }
    return known_.problem_after_opening(settings_);
  }

  report& report_;
  seeded random_;
  flakey_disk disk_;
  quipu::config settings_{real_store(disk_.path())};
  oracle known_{};
  bool works_again_{};  ///< the device, while the file system is still the one that met the errors
  std::size_t lives_of_store_{cuts_of_a_store};
  std::string course_{};  ///< the cuts of the store
  std::size_t kept_stores_{};
};

// ---- the machine ----

void load_module(const std::string& name) {
  utsname system{};
  require(::uname(&system) == 0, "uname");
  const std::string path = std::string{"/usr/lib/uml/modules/"} + system.release + "/kernel/drivers/md/" + name + ".ko";
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  require(opened >= 0, path);
  const bool is_loaded = ::syscall(SYS_finit_module, opened, "", 0) == 0;
  ::close(opened);
  require(is_loaded, "loading " + path);
}

void mount_new(const char* type, const std::filesystem::path& path, const std::string& options = {}) {
  std::filesystem::create_directories(path);
  require(::mount(type, path.c_str(), type, 0, options.c_str()) == 0, std::string{"mounting "} + type);
}

/// Has lines end as a file's do, not as a terminal's.
void speak_plainly() {
  termios how{};
  if (::tcgetattr(STDOUT_FILENO, &how) != 0) return;
  how.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  ::tcsetattr(STDOUT_FILENO, TCSANOW, &how);
}

int run_cuts(const options& given) {
  report to{"flakey", given};
  load_module("dm-mod");
  load_module("dm-flakey");
  for (const char* count :
       {"cuts by dropped writes", "cuts by refused writes", "cuts after a commit", "commits acknowledged",
        "stores that failed", "devices that work again", "stores opened without mounting again"})
    to.add(count, 0);  // in this order
  for (cut_off_store cuts{given.seed, to}; !to.is_over();)
    if (const std::string problem = cuts.next_problem(); !problem.empty())
      to.problem(problem, "--seed " + std::to_string(given.seed));
  return to.conclude("");
}

}  // namespace

int run_flakey_machine(const options& given) {
  if (::getpid() != 1) throw std::invalid_argument{"flakey_machine is the init of a machine that flakey starts"};
  int code = 1;
  try {
    ::setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    speak_plainly();
    mount_new("proc", "/proc");
    std::ofstream{"/proc/sys/kernel/printk"} << 0 << std::endl;  // a panic is printed nevertheless
    mount_new("tmpfs", "/tmp");
    mount_new("hostfs", outside, given.only);
    std::ofstream{outside / "started"};
    code = run_cuts(given);
    std::ofstream{outside / "ended"} << code << std::endl;
  } catch (const std::exception& failure) {
    std::cout << "flakey: PROBLEM: " << failure.what() << std::endl;
  }
  ::sync();
  ::reboot(LINUX_REBOOT_CMD_POWER_OFF);
  return code;
}

}  // namespace torture
