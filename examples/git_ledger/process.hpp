// SPDX-License-Identifier: BSL-1.0
//
// process.hpp: a child process whose output is read as a stream. Arguments go to the program as they are, never through
// a shell. What the child says on its standard error is kept and becomes part of the exception when it fails.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace git_ledger {

/// A program that couldn't be started, or that ended with an exit code other than 0, or output that isn't what was
/// agreed.
class process_error : public std::runtime_error {
 public:
  explicit process_error(const std::string& message, int exit_code = -1)
      : std::runtime_error{message}, exit_code_{exit_code} {}
  /// The child's exit code; -1 where there is none (not started, killed by a signal, output not understood).
  [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

/// A file without a name: it vanishes with this object, also when the program is killed.
class scratch_file {
 public:
  scratch_file();
  void write(std::string_view text);
  /// Back to the beginning, so that a child can read what was written.
  void rewind();
  /// At most the last `limit` bytes.
  [[nodiscard]] std::string tail(std::size_t limit);
  [[nodiscard]] int descriptor() const;

 private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, closer> file_;
};

/// One running child. Not copyable; not for use by several threads at once.
class child_process {
 public:
  enum class input : std::uint8_t { none, pipe };

  /// Starts `command[0]`, found in PATH, with exactly these `variables` as its environment (each "NAME=value").
  /// With `input::pipe`, `write()` feeds its standard input; otherwise that is `from`, or nothing.
  /// Throws `process_error` where it can't be started.
  child_process(std::vector<std::string> command, std::vector<std::string> variables, input how = input::none,
                const scratch_file* from = nullptr);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Reads up to `delimiter`, which is taken off. False at the end of the output, and then the child has ended well:
  /// this throws as `finish()` does, and `process_error` also for output that stops before a delimiter.
  [[nodiscard]] bool read_until(char delimiter, std::string& token);
  /// Some bytes, at most `limit` of them and valid until the next read. Empty at the end of the output.
  [[nodiscard]] std::string_view read_some(std::size_t limit);
  /// Writes everything to the child's standard input; throws `process_error` where the child doesn't take it.
  void write(std::string_view text);

  /// Waits for the end; throws `process_error` with the command, the exit code and the child's own words if that wasn't
  /// 0.
  void finish();
  /// As `finish()`, but returns the exit code, whatever it is. Killed by a signal: `process_error`. Output not read yet
  /// is lost.
  [[nodiscard]] int wait();
  /// The exception for a child whose output can't be understood, or that stopped too early.
  [[nodiscard]] process_error failure(const std::string& what, int exit_code = -1);

 private:
  bool fill();
  void close_input() noexcept;

  std::string shown_command_;
  scratch_file errors_;
  pid_t pid_{-1};  // -1 once it has been waited for
  int exit_code_{-1};
  int input_{-1};
  int output_{-1};
  std::vector<char> buffer_;
  std::size_t begin_{0};
  std::size_t end_{0};
};

}  // namespace git_ledger
