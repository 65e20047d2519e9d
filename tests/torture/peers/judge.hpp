// SPDX-License-Identifier: BSL-1.0
//
// judge.hpp: opens a store in a process of its own, which may crash, and compares what it shows with what was written;
// and the counts of such verdicts.
#pragma once

#include "peer.hpp"

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

/// From the mildest to the worst; the last three are failures of any store.
enum class outcome : unsigned char {
  unharmed,  ///< shows all that was acknowledged, and whole commits
  reported,  ///< an error, or a report of what was dropped
  crashed,   ///< the process died by a signal, or took longer than 20 seconds
  lost,      ///< acknowledged records are missing, and nothing was said
  wrong,     ///< shows records that nobody wrote, or a part of a commit, and nothing was said
};
inline constexpr std::array<std::string_view, 5> outcome_names{
    "unharmed", "error reported", "crash", "acknowledged data lost silently", "wrong data silently"};
[[nodiscard]] inline std::string name_of(outcome each) {
  return std::string{outcome_names[static_cast<std::size_t>(each)]};
}

/// How far the writer came: all records below `acknowledged` must be there, and none from `begun` on.
struct written {
  std::uint64_t acknowledged{};
  std::uint64_t begun{};
};

struct verdict {
  outcome how{};
  std::uint64_t found{};  ///< number of records
  std::string reason{};
};

/// A forked process that does some work. Killed when this is destroyed. There must be no other thread in the parent.
class child_process {
 public:
  explicit child_process(const std::function<void()>& work);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  void kill();
  /// Its exit code, which is 0 unless the work threw; or the negative signal.
  int wait();

 private:
  pid_t id_;
};

/// Opens and reads the store in a child. That changes its files.
[[nodiscard]] verdict judge(const peer& of, const std::filesystem::path& folder, const written& expected);

/// The verdicts on one peer in one test.
struct tally {
  std::string name{};
  std::string extent{};  ///< what the cases are, said in the table
  std::array<std::uint64_t, outcome_names.size()> counts{};

  void add(outcome how) { ++counts[static_cast<std::size_t>(how)]; }
  [[nodiscard]] std::uint64_t cases() const;
};

/// A Markdown table.
void print_table(std::ostream& to, std::string_view title, const std::vector<tally>& of);

}  // namespace torture
