// SPDX-License-Identifier: BSL-1.0
//
// git_repository.hpp: what the ledger asks of git. Every answer depends on commits alone: git reads the objects of the
// repository through a private, empty git directory, so that no configuration, attribute, graft, replacement or
// mailmap, of the user or of the repository, can change what an import finds.
#pragma once

#include "process.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace git_ledger {

/// A git directory with nothing in it but a HEAD, in the temporary directory, removed with this object.
class private_git_directory {
 public:
  private_git_directory(const std::string& object_format, const std::string& shallow_file);
  ~private_git_directory();
  private_git_directory(const private_git_directory&) = delete;
  private_git_directory& operator=(const private_git_directory&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// One path of a commit's tree.
struct tree_file {
  std::string mode;  ///< as git writes it: 100644, 100755, 120000 (symbolic link), 160000 (submodule)
  std::string id;    ///< of the blob, or of the submodule's commit
  std::string path;  ///< any bytes but NUL
  [[nodiscard]] bool is_submodule() const noexcept { return mode == "160000"; }
};

/// A repository, bare or with a work tree, found from any path inside it. Needs git 2.31 or newer.
/// Every member throws `process_error`, with git's own words, where git fails.
class git_repository {
 public:
  explicit git_repository(const std::string& path);

  /// The git directory of this work tree (not the one that linked work trees share).
  [[nodiscard]] const std::string& git_directory() const noexcept { return git_directory_; }
  /// The repository's name: the last part of its path, without `.git`.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool has_work_tree() const noexcept { return has_work_tree_; }
  /// The commit HEAD is at; nothing where there is no commit yet.
  [[nodiscard]] std::optional<std::string> head() const;
  /// False also where the commit doesn't exist here (any more).
  [[nodiscard]] bool is_ancestor(const std::string& commit, const std::string& of) const;
  /// The commits whose parents a shallow clone left out; none in a complete repository.
  [[nodiscard]] const std::unordered_set<std::string>& shallow_boundary() const noexcept { return shallow_boundary_; }

  /// Every file in the tree of `commit`, in git's order.
  void list_tree(const std::string& commit, const std::function<void(const tree_file&)>& each) const;
  /// Every path in the index (`git ls-files`). Only with a work tree.
  void list_index(const std::function<void(const std::string&)>& each) const;
  /// A git command on the objects of this repository, and on nothing else of it.
  [[nodiscard]] child_process start(std::vector<std::string> arguments,
                                    child_process::input how = child_process::input::none,
                                    const scratch_file* from = nullptr) const;

 private:
  [[nodiscard]] std::string find_git_directory() const;
  [[nodiscard]] std::string ask(std::vector<std::string> arguments) const;

  std::string path_;
  std::string git_directory_;
  std::string name_;
  std::string objects_;
  bool has_work_tree_{};
  std::unordered_set<std::string> shallow_boundary_;
  std::unique_ptr<private_git_directory> private_directory_;
};

/// Counts lines as `git diff --numstat` does: a last line without a newline is a line too.
class blob_reader {
 public:
  explicit blob_reader(const git_repository& repository);
  /// The number of lines of a text blob; nothing for a binary one. Binary is what git calls so without attributes:
  /// a NUL in the first 8,000 bytes, or more than 512 MiB.
  [[nodiscard]] std::optional<std::uint64_t> text_lines(const std::string& id);

 private:
  child_process git_;
};

}  // namespace git_ledger
