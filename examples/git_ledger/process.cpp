// SPDX-License-Identifier: BSL-1.0
//
// process.cpp: posix_spawn and pipes. The child's standard error goes to a scratch file, not to a third pipe, so that a
// talkative child can't block on a pipe nobody is reading.
#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <tuple>
#include <utility>

namespace git_ledger {
namespace {

[[noreturn]] void fail(const std::string& what, int error) { throw process_error{what + ": " + std::strerror(error)}; }

std::pair<int, int> make_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) fail("can't make a pipe", errno);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return {ends[0], ends[1]};
}

void close_quietly(int& descriptor) noexcept {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// What posix_spawn is told about the child's descriptors and signals, freed on every way out.
struct spawn_plan {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  spawn_plan() {
    if (::posix_spawn_file_actions_init(&files) != 0) throw std::bad_alloc{};
    if (::posix_spawnattr_init(&attributes) != 0) {
      ::posix_spawn_file_actions_destroy(&files);
      throw std::bad_alloc{};
    }
    // This program ignores SIGPIPE, to see a dead child as a failed write; the child must not inherit that.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  }
  ~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;
};

}  // namespace

scratch_file::scratch_file() : file_{std::tmpfile()} {
  if (!file_) fail("can't make a temporary file", errno);
  ::fcntl(descriptor(), F_SETFD, FD_CLOEXEC);
}

int scratch_file::descriptor() const { return ::fileno(file_.get()); }

void scratch_file::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail("can't write a temporary file", errno);
}

void scratch_file::rewind() {
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0)
    fail("can't write a temporary file", errno);
}

std::string scratch_file::tail(std::size_t limit) {
  const off_t size = ::lseek(descriptor(), 0, SEEK_END);
  const off_t start = std::max<off_t>(0, size - static_cast<off_t>(limit));
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - start)), '\0');
  const ssize_t count = ::pread(descriptor(), text.data(), text.size(), start);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

child_process::child_process(std::vector<std::string> command, std::vector<std::string> variables, input how,
                             const scratch_file* from)
    : buffer_(std::size_t{1} << 16) {
  for (const std::string& word : command) shown_command_ += shown_command_.empty() ? word : " " + word;

  spawn_plan plan;
  int child_input = -1;
  if (how == input::pipe) {
    std::tie(child_input, input_) = make_pipe();
    ::posix_spawn_file_actions_adddup2(&plan.files, child_input, STDIN_FILENO);
  } else if (from != nullptr) {
    ::posix_spawn_file_actions_adddup2(&plan.files, from->descriptor(), STDIN_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(&plan.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  int child_output = -1;
  std::tie(output_, child_output) = make_pipe();
  ::posix_spawn_file_actions_adddup2(&plan.files, child_output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&plan.files, errors_.descriptor(), STDERR_FILENO);

  const std::vector<char*> words = pointers(command);
  const std::vector<char*> environment = pointers(variables);
  const int error = ::posix_spawnp(&pid_, words[0], &plan.files, &plan.attributes, words.data(), environment.data());
  close_quietly(child_input);
  close_quietly(child_output);
  if (error != 0) {
    pid_ = -1;
    close_quietly(input_);
    close_quietly(output_);
    fail("can't start " + command[0], error);
  }
}

child_process::~child_process() {
  close_input();
  close_quietly(output_);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void child_process::close_input() noexcept { close_quietly(input_); }

bool child_process::fill() {
  begin_ = end_ = 0;
  if (output_ < 0) return false;
  for (;;) {
    const ssize_t count = ::read(output_, buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("can't read from " + shown_command_, errno);
    end_ = static_cast<std::size_t>(count);
    return count > 0;
  }
}

bool child_process::read_until(char delimiter, std::string& token) {
  token.clear();
  for (;;) {
    if (begin_ == end_ && !fill()) {
      // The end may be a failure; nobody shall take what came before for everything.
      finish();
      if (!token.empty()) throw failure("its output ends in the middle: " + token);
      return false;
    }
    const char* const first = buffer_.data() + begin_;
    const auto* const found = static_cast<const char*>(std::memchr(first, delimiter, end_ - begin_));
    if (found != nullptr) {
      token.append(first, found);
      begin_ += static_cast<std::size_t>(found - first) + 1;
      return true;
    }
    token.append(first, end_ - begin_);
    begin_ = end_;
  }
}

std::string_view child_process::read_some(std::size_t limit) {
  if (limit == 0 || (begin_ == end_ && !fill())) return {};
  const std::string_view piece{buffer_.data() + begin_, std::min(limit, end_ - begin_)};
  begin_ += piece.size();
  return piece;
}

void child_process::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(input_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure(std::string{"it doesn't read its input: "} + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

int child_process::wait() {
  if (pid_ <= 0) return exit_code_;
  close_input();
  while (!read_some(buffer_.size()).empty()) {
  }
  close_quietly(output_);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) fail("can't wait for " + shown_command_, errno);
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) throw failure("killed by signal " + std::to_string(WTERMSIG(status)));
  return exit_code_ = WEXITSTATUS(status);
}

void child_process::finish() {
  if (const int code = wait(); code != 0) throw failure("exit code " + std::to_string(code), code);
}

process_error child_process::failure(const std::string& what, int exit_code) {
  std::string message = shown_command_ + ": " + what;
  if (const std::string said = errors_.tail(4096); !said.empty()) message += "\n" + said;
  return process_error{message, exit_code};
}

}  // namespace git_ledger
