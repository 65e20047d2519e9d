// SPDX-License-Identifier: BSL-1.0
//
// flakey.cpp: starts a machine of User-Mode Linux, whose kernel has the device mapper's target flakey, and waits for
// what flakey_machine.cpp finds there. The machine sees the files of this one, and can't change any but those of a
// scratch folder. It needs no root.
#include "part.hpp"
#include "scratch_folder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace torture {
namespace {

constexpr std::uintmax_t disk_bytes = std::uintmax_t{16} << 20;
constexpr std::chrono::minutes most_silence{3};  // it reports progress every two seconds

bool has_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders{std::string{path == nullptr ? "" : path} + ":/usr/sbin:/sbin"};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  return false;
}

std::string missing_program() {
  if (!has_program("linux.uml")) return "there is no linux.uml (Debian's package user-mode-linux)";
  if (!has_program("dmsetup")) return "there is no dmsetup (Debian's package dmsetup)";
  if (!has_program("mkfs.ext4")) return "there is no mkfs.ext4 (Debian's package e2fsprogs)";
  return {};
}

/// A machine whose init is a part of this program. A guard in another process ends it and removes its folder, unless
/// stores are kept there, when this is destroyed, and when this process dies, whatever it dies of.
class machine {
 public:
  machine(const std::filesystem::path& folder, const options& given) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // a machine is several processes; those that outlive the first come here
    std::ofstream{folder / "disk"};
    std::filesystem::resize_file(folder / "disk", disk_bytes);
    const auto [console, console_of_machine] = new_pipe();
    process_ = new_process();
    if (process_ == 0) execute(words_for(folder, given), console_of_machine);
    ::setpgid(process_, process_);  // in both processes: whoever comes first
    ::close(console_of_machine);
    console_ = console;
    const auto [end_of_guard, lifeline] = new_pipe();
    guard_ = new_process();
    if (guard_ == 0) {
      ::close(lifeline);
      guard(end_of_guard, process_, folder);
    }
    ::close(end_of_guard);
    lifeline_ = lifeline;
  }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;
  ~machine() {
    ::close(lifeline_);
    while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) continue;
    while (::waitpid(-process_, nullptr, 0) > 0 || errno == EINTR) continue;
    ::close(console_);
  }

  /// Prints what the machine says until it is off. Returns false if it says nothing for too long.
  bool print_to_its_end() {
    for (;;) {
      pollfd watched{.fd = console_, .events = POLLIN, .revents = 0};
      const int ready = ::poll(&watched, 1, std::chrono::milliseconds{most_silence}.count());
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return false;
      char part[4096];
      const ssize_t got = ::read(console_, part, sizeof part);
      if (got <= 0) return true;
      std::cout.write(part, got).flush();
    }
  }

 private:
  /// The end to read and the end to write.
  static std::pair<int, int> new_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    return {ends[0], ends[1]};
  }
  static pid_t new_process() {
    const pid_t made = ::fork();
    if (made < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    return made;
  }
  static std::vector<std::string> words_for(const std::filesystem::path& folder, const options& given) {
    return {"linux.uml",
            "mem=256M",
            "root=none",
            "rootfstype=hostfs",
            "rootflags=/",
            "ro",
            "quiet",
            "loglevel=1",
            "con=null",
            "con0=null,fd:1",
            "console=tty0",  // or the kernel appends it, behind the init's words
            "uml_dir=" + folder.string(),
            "ubd0=" + (folder / "disk").string(),
            "init=" + std::filesystem::read_symlink("/proc/self/exe").string(),
            "--",
            "flakey_machine",
            "--seconds",
            std::to_string(given.seconds),
            "--seed",
            std::to_string(given.seed),
            "--only",
            folder.string()};
  }
  [[noreturn]] static void execute(std::vector<std::string> words, int console) {
    ::setpgid(0, 0);
    std::vector<char*> arguments;
    for (std::string& each : words) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(console, STDOUT_FILENO);
    ::dup2(console, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }

  /// Nobody writes: reading ends when the other process closes its end or dies.
  [[noreturn]] static void guard(int lifeline, pid_t process, const std::filesystem::path& folder) {
    ::setpgid(0, 0);  // an interrupt of the terminal is for the other
    char nothing{};
    while (::read(lifeline, &nothing, 1) < 0 && errno == EINTR) continue;
    ::kill(-process, SIGKILL);
    std::error_code ignored;
    if (!std::filesystem::exists(folder / "kept", ignored)) std::filesystem::remove_all(folder, ignored);
    ::_exit(0);
  }

  pid_t process_{};
  pid_t guard_{};
  int console_{};
  int lifeline_{};
};

}  // namespace

int run_flakey(const options& given) {
  report to{"flakey", given};
  if (const std::string reason = missing_program(); !reason.empty()) return to.skip(reason);
  scratch_folder folder{"flakey"};
  machine runs{folder.path(), given};
  const bool is_off = runs.print_to_its_end();
  if (!std::filesystem::exists(folder.path() / "started")) return to.skip("User-Mode Linux does not start here");
  int code = 1;
  const bool has_ended = static_cast<bool>(std::ifstream{folder.path() / "ended"} >> code);
  if (!has_ended)
    to.problem(is_off ? "the machine went off by itself" : "the machine hangs", "--seed " + std::to_string(given.seed));
  if (std::filesystem::exists(folder.path() / "kept")) {
    folder.keep();
    std::cout << "flakey: the stores are kept in " << (folder.path() / "kept").string() << std::endl;
  }
  return has_ended ? code : 1;
}

}  // namespace torture
