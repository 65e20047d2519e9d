// SPDX-License-Identifier: BSL-1.0
//
// git_history.hpp: in which order commits are read, and against which parent each is compared. That choice is what
// makes the sum of all changes equal to the tree at HEAD, exactly:
//
//   The mainline is a chain of commits, each a parent of the next, that ends at HEAD. Every commit on it is compared
//   with its predecessor on it, merges included, so the differences telescope: added up, they are the tree at HEAD.
//   Commits on side branches are compared with their own first parent. They say who wrote what, and they change no
//   tree: what they did reaches the mainline with the merge that brings them in.
//
// From the beginning, the mainline is the chain of first parents. From a commit that was imported before, it is the
// chain of parents that leads back there, first parents preferred: HEAD may have moved on through a second parent (a
// topic branch that was merged by someone else and then fast-forwarded), and the sum is exact all the same.
#pragma once

#include "git_repository.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace git_ledger {

/// What a path holds. A symbolic link is text: its target.
enum class content : std::uint8_t { text, binary, submodule };

/// How a difference takes part in the sum.
enum class reach : std::uint8_t {
  mainline,  ///< a commit's own change, made on the mainline: counts for its author and for the tree
  branch,    ///< a commit's own change, made on a side branch: counts for its author
  merge,     ///< what a merge brought into the mainline: counts for the tree
};

/// One path that differs from the commit's predecessor.
struct file_change {
  enum class action : std::uint8_t { changed, renamed, deleted };
  action what{};
  std::string path;
  std::string from;         ///< the earlier path, if renamed
  content now{};            ///< what the path holds afterwards; if deleted, what it held
  std::uint64_t added{};    ///< lines
  std::uint64_t removed{};  ///< lines
};

struct commit_record {
  std::string id;
  std::string author_name;
  std::string author_email;
  std::int64_t authored_at_s{};  ///< seconds since 1970, UTC; 0 where the commit has no date that can be read
  bool mainline{};
  bool merge{};
  reach how{};
  std::vector<file_change> files;  ///< none for a merge on a side branch
};

/// The commits to read, in order: parents before children, and before each commit of the mainline those that it brings
/// in. Keeps ids and parents of these commits in memory, some 200 bytes each; the differences are streamed.
class history_plan {
 public:
  /// All commits that `to` reaches and `from` doesn't. Precondition: `from`, if there is one, is an ancestor of `to`.
  history_plan(const git_repository& repository, const std::optional<std::string>& from, const std::string& to);

  /// Leaves out the commits in `ids`. Returns how many of them were found.
  std::size_t skip(const std::set<std::string>& ids);
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  /// Reads each planned commit and hands it over. An exception from `each` ends the reading.
  void read(const git_repository& repository, const std::function<void(commit_record&&)>& each) const;

 private:
  using index = std::uint32_t;
  static constexpr index none = std::numeric_limits<index>::max();
  struct commit {
    std::string id;
    std::vector<index> parents;
  };
  struct step {
    index which{};
    index against{none};  ///< `none`: the empty tree; the commit itself: no difference is wanted
    bool mainline{};
    bool merge{};
    reach how{};
  };

  void list(const git_repository& repository, const std::optional<std::string>& from, const std::string& to);
  [[nodiscard]] std::vector<index> mainline(const std::optional<std::string>& from) const;
  void order(const std::vector<index>& chain, const std::unordered_set<std::string>& boundary);
  void add_branch(index tip, std::vector<bool>& done, const std::unordered_set<std::string>& boundary);

  std::vector<commit> commits_;
  std::vector<bool> listed_;  ///< false for parents outside the range
  index last_{none};          ///< `to`
  std::vector<step> steps_;
};

}  // namespace git_ledger
