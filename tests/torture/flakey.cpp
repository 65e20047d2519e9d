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

volatile std::sig_atomic_t running_machine = 0;  // a process group
void end_machine(int) {
  if (running_machine != 0) ::kill(-running_machine, SIGKILL);
}

/// A machine whose init is a part of this program. It is killed when this is destroyed, when this process
/// is interrupted, and when it dies.
class machine {
 public:
  machine(const std::filesystem::path& folder, const options& given) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // a machine is several processes; those that outlive the first come here
    std::ofstream{folder / "disk"};
    std::filesystem::resize_file(folder / "disk", disk_bytes);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    process_ = ::fork();
    if (process_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (process_ == 0) execute(words_for(folder, given), ends[1]);
    ::setpgid(process_, process_);  // here, too: whoever comes first
    running_machine = process_;
    std::signal(SIGINT, end_machine);
    std::signal(SIGTERM, end_machine);
    ::close(ends[1]);
    console_ = ends[0];
  }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;
  ~machine() {
    ::kill(-process_, SIGKILL);
    running_machine = 0;
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
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
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

  pid_t process_{};
  int console_{};
};

}  // namespace

int run_flakey(const options& given) {
  report to{"flakey", given};
  if (const std::string reason = missing_program(); !reason.empty()) return to.skip(reason);
  const scratch_folder folder{"flakey"};
  machine runs{folder.path(), given};
  const bool is_off = runs.print_to_its_end();
  if (!std::filesystem::exists(folder.path() / "started")) return to.skip("User-Mode Linux does not start here");
  int code = 1;
  const bool has_ended = static_cast<bool>(std::ifstream{folder.path() / "ended"} >> code);
  if (!is_off)
    to.problem("the machine hangs", "--seed " + std::to_string(given.seed));
  else if (!has_ended)
    to.problem("the machine went off by itself", "--seed " + std::to_string(given.seed));
  return code;
}

}  // namespace torture
