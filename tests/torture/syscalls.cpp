// SPDX-License-Identifier: BSL-1.0
//
// syscalls.cpp: a scripted program is killed when it enters each system call, which is where the one before it was
// left; and each of its calls that concern files fails, once and from then on. strace does that. What the program
// leaves is judged as after any crash; an error must be typed.
#include "part.hpp"
#include "program.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace torture {
namespace {

constexpr int script_pipe = 3;
constexpr unsigned most_seconds = 60;
/// Calls that fail in life: those that concern files.
constexpr std::string_view file_calls =
    " openat openat2 pread64 pwrite64 fdatasync fsync ftruncate fallocate renameat renameat2 linkat unlinkat mkdir "
    "mkdirat mmap fstat newfstatat statx getdents64 fcntl flock dup3 ";

/// A call of the script: its name, and which it is of those with the name. strace counts each name by itself.
struct call {
  std::string name{};
  std::uint64_t number{};
};

/// What strace does to a program at a call; nothing if `effect` is empty.
struct injection {
  call at{};
  std::string effect{};
  bool from_then_on{};

  [[nodiscard]] std::string text() const {
    return at.name + ":" + effect + ":when=" + std::to_string(at.number) + (from_then_on ? "+" : "");
  }
};

/// One way to begin: in an empty folder, or with what a program left that didn't close its store.
enum class beginning : unsigned char { empty, unclosed };

/// Runs the script once under strace. The log of the calls goes to `log`.
class traced_script {
 public:
  explicit traced_script(beginning from) {
    if (from == beginning::empty) return;
    speaking_process before{[this](const mouth& speaks) {
      program writes{settings_, speaks, known_, 1000};
      work_and_leave(writes);
    }};
    while (!before.listen(known_, std::chrono::seconds{1})) continue;
    if (before.wait() != 0) throw std::runtime_error{"the first program fails: " + known_.problem()};
  }

  /// Returns the exit code, or the negative signal.
  int run(const injection& what, const std::filesystem::path& log) {
    speaking_process traced{[&](const mouth& speaks) { execute(what, log, speaks); }};
    while (!traced.listen(known_, std::chrono::seconds{1})) continue;
    return traced.wait();
  }
  [[nodiscard]] oracle& known() noexcept { return known_; }
  [[nodiscard]] std::string problem() {
    if (!std::filesystem::exists(settings_.directory / "quipu.store") && known_.acknowledged_commits() == 0) return {};
    return known_.problem_after_opening(settings_);
  }
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

 private:
  void execute(const injection& what, const std::filesystem::path& log, const mouth& speaks) const {
    std::vector<std::string> words{"strace", "-f", "-qq", "-o", log.string()};
    if (!what.effect.empty())
      for (const std::string& each : {"--trace=" + what.at.name, "--inject=" + what.text()}) words.push_back(each);
    for (const std::string& each : {std::filesystem::read_symlink("/proc/self/exe").string(), std::string{"script"},
                                    std::string{"--only"}, folder()})
      words.push_back(each);
    std::vector<char*> arguments;
    for (std::string& each : words) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    if (::dup2(speaks.pipe(), script_pipe) < 0) throw std::runtime_error{"dup2 fails"};
    ::execvp("strace", arguments.data());
    throw std::runtime_error{"strace can't be executed"};
  }

  scratch_folder folder_{"syscalls"};
  quipu::config settings_{real_store(folder_.path())};
  oracle known_{};
};

/// The calls that the script makes, from the first that names its folder; those before are the loader's.
std::vector<call> calls_of_script(beginning from) {
  traced_script whole{from};
  const std::filesystem::path log = whole.folder() + "/calls";
  if (const int end = whole.run({}, log); end != 0)
    throw std::runtime_error{"the script ends with " + std::to_string(end) + ": " + whole.known().problem()};
  std::map<std::string, std::uint64_t> counts;
  std::vector<call> all;
  std::ifstream in{log};
  std::string process;
  std::getline(in, process);
  ++counts["execve"];  // the first call names the folder as an argument
  for (std::string line; in >> process && std::getline(in, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == line.npos) continue;
    const std::string name = line.substr(begin, line.find('(') - begin);
    const std::uint64_t number = ++counts[name];
    if (!all.empty() || line.find(whole.folder()) != std::string::npos) all.push_back({name, number});
  }
  if (all.empty()) throw std::runtime_error{"strace shows no call of the script"};
  return all;
}

struct fault_case {
  beginning from{};
  injection what{};
  std::string_view name{};
};

std::vector<fault_case> all_cases() {
  std::vector<fault_case> all;
  for (const beginning from : {beginning::empty, beginning::unclosed}) {
    for (const call& each : calls_of_script(from)) {
      all.push_back({from, {each, "signal=KILL"}, "kills"});
      if (file_calls.find(" " + each.name + " ") == file_calls.npos) continue;
      for (const std::string_view number : {"EIO", "ENOSPC", "EMFILE"}) {
        const std::string effect = "error=" + std::string{number};
        all.push_back({from, {each, effect}, "errors once"});
        all.push_back({from, {each, effect, true}, "errors from then on"});
      }
      // Not from then on: an interrupted call is repeated.
      all.push_back({from, {each, "error=EINTR"}, "interruptions"});
    }
  }
  return all;
}

/// Empty, or what is wrong.
std::string problem_of(const fault_case& which) {
  traced_script script{which.from};
  const int end = script.run(which.what, "/dev/null");
  if (!script.known().problem().empty()) return "not a typed error: " + script.known().problem();
  const bool is_kill = which.what.effect == "signal=KILL";
  if (end == -SIGALRM) return "the program hangs";
  if (end != (is_kill ? -SIGKILL : 0)) return "the program ends with " + std::to_string(end);
  return script.problem();
}

bool can_trace() { return std::system("strace -o /dev/null true 2>/dev/null") == 0; }

}  // namespace

int run_script(const options& given) {
  ::alarm(most_seconds);
  const mouth speaks{script_pipe};
  try {
    program writes{real_store(given.only), speaks, oracle{}, 1};
    work_by_script_to_an_error(writes);
    return 0;
  } catch (const std::exception& failure) {
    speaks.say({.about = message::topic::problem, .problem = failure.what()});
    return 1;
  }
}

int run_syscalls(const options& given) {
  report to{"syscalls", given};
  if (!can_trace()) return to.skip("strace isn't there, or may not trace");
  const std::vector<fault_case> all = all_cases();
  std::uint64_t done = 0;
  for (std::uint64_t number : sampled_numbers(all.size(), given)) {
    if (to.is_over(std::to_string(done) + " of " + std::to_string(all.size()))) break;
    const fault_case& which = all[number];
    if (const std::string problem = problem_of(which); !problem.empty())
      to.problem(problem + " (" + which.what.text() + (which.from == beginning::empty ? "" : ", unclosed") + ")",
                 "--only " + std::to_string(number));
    to.add(which.name);
    ++done;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all.size()) + " cases");
}

}  // namespace torture
