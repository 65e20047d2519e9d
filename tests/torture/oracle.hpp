// SPDX-License-Identifier: BSL-1.0
//
// oracle.hpp: a program in a process of its own, which says over a pipe what it begins and what was acknowledged, and
// the oracle that hears it, and judges what the program left when it ended.
#pragma once

#include "scratch_folder.hpp"
#include "workload.hpp"

#include <quipu/store/read_only_store.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace torture {

/// The settings of `small_store` in a folder of the real disk.
[[nodiscard]] quipu::config real_store(const std::filesystem::path& folder);

/// What a program says, encoded into its pipe.
struct message {
  enum class topic : std::uint8_t { promise, cursor, worker, problem };
  topic about{};
  std::uint8_t step{};  ///< a `promise_step`
  std::uint64_t events{};
  std::uint64_t attempted{};
  std::uint64_t acknowledged{};
  known_commit commit{};
  std::string problem{};
};

/// The program's end of the pipe.
class mouth {
 public:
  explicit mouth(int pipe) noexcept : pipe_{pipe} {}
  /// Returns when the message is in the pipe. Throws if nobody listens.
  void say(const message& what) const;
  /// Has a writer and its consumers say what they do.
  void speak_for(writer& with, consumed& cursor, consumed& worker) const;
  /// The descriptor, for a program that is executed.
  [[nodiscard]] int pipe() const noexcept { return pipe_; }

 private:
  int pipe_;
};

/// Knows what a program promised, as far as it has said so.
class oracle {
 public:
  void hear(const message& said);
  /// What the program itself found wrong.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] std::uint64_t acknowledged_commits() const noexcept { return acknowledged_commits_; }
  /// Has a program that starts now, whose events get numbers from `first_number`, go on where the last one was.
  void brief(writer& with, consumed& cursor, consumed& worker, std::uint64_t first_number) const;

  /// Opens the store, checks it, and takes what is found as settled. Empty, or what is wrong.
  [[nodiscard]] std::string problem_after_opening(const quipu::config& settings);
  /// As above, with a reader, which leaves the recovery to the next writer.
  [[nodiscard]] std::string problem_for_a_reader(const quipu::config& settings) const;

 private:
  template <class Store>
  [[nodiscard]] std::string problem_in(Store& opened) const;

  promises given_{};
  consumed cursor_{};
  consumed worker_{};
  std::uint64_t acknowledged_commits_{};
  std::string problem_{};
};

/// A process that speaks. It is killed when this is destroyed.
class speaking_process {
 public:
  /// Forks, and runs `program` in the child, whose exit code is 0 unless it throws. There must be no other thread and
  /// no open store.
  explicit speaking_process(const std::function<void(const mouth&)>& program);
  speaking_process(const speaking_process&) = delete;
  speaking_process& operator=(const speaking_process&) = delete;
  ~speaking_process();

  /// Listens until the time is over or the process has ended. Returns whether it has ended.
  bool listen(oracle& to, std::chrono::microseconds at_most);
  /// Sends SIGKILL, and returns at once. A process that waits for its disk dies when that answers.
  void begin_kill() const;
  /// Kills the process, and hears what it has said. Returns as `wait`.
  int kill(oracle& to);
  /// Waits for the end of a process that has ended by itself. Returns its exit code, or the negative signal.
  int wait();

 private:
  bool receive(oracle& to);

  pid_t child_{-1};
  int pipe_{-1};
  std::string heard_{};
};

}  // namespace torture
