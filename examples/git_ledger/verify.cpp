// SPDX-License-Identifier: BSL-1.0
//
// verify.cpp: the ledger against `git ls-tree`, `git cat-file` and, with a work tree, `git ls-files`.
#include "verify.hpp"

#include "report.hpp"

#include <ostream>
#include <set>
#include <string>

namespace git_ledger {
namespace {

std::string describe(content now, std::uint64_t lines) {
  switch (now) {
    case content::text:
      return grouped(lines) + " lines";
    case content::binary:
      return "binary";
    case content::submodule:
      return "a submodule";
  }
  return "unknown";
}

/// Says how the index differs from HEAD; that isn't the ledger's business, it records commits.
void compare_with_index(std::ostream& out, const working_tree& tree, const git_repository& repository) {
  std::set<std::string> index;
  repository.list_index([&](const std::string& path) { index.insert(path); });
  std::size_t only_index = 0;
  std::size_t only_head = 0;
  for (const std::string& path : index) only_index += !tree.files.contains(path);
  for (const auto& [path, file] : tree.files) only_head += !index.contains(path);
  if (only_index + only_head == 0) {
    out << "verify: git ls-files lists the same " << grouped(index.size()) << " paths\n";
  } else {
    out << "verify: git ls-files differs by what is staged and not committed: " << grouped(only_index)
        << " paths added, " << grouped(only_head) << " removed\n";
  }
}

}  // namespace

bool verify(std::ostream& out, const ledger& books, const git_repository& repository) {
  const working_tree& tree = books.tree;
  std::size_t disagreements = 0;
  const auto disagree = [&](const std::string& path, const std::string& ours, const std::string& gits) {
    ++disagreements;
    out << "verify: DISAGREE " << printable(path) << ": the ledger has " << ours << ", git has " << gits << '\n';
  };

  std::size_t agreed = 0;
  std::uint64_t lines = 0;
  std::set<std::string> at_head;
  if (!books.position.tip.empty()) {
    blob_reader blobs{repository};
    repository.list_tree(books.position.tip, [&](const tree_file& file) {
      at_head.insert(file.path);
      content now = content::submodule;
      std::uint64_t count = 0;
      if (!file.is_submodule()) {
        const std::optional<std::uint64_t> text = blobs.text_lines(file.id);
        now = text ? content::text : content::binary;
        count = text.value_or(0);
      }
      const auto ours = tree.files.find(file.path);
      if (ours == tree.files.end()) {
        disagree(file.path, "no such file", describe(now, count));
      } else if (ours->second.now != now || ours->second.lines != count) {
        disagree(file.path, describe(ours->second.now, ours->second.lines), describe(now, count));
      } else {
        ++agreed;
        lines += count;
      }
    });
  }
  for (const auto& [path, file] : tree.files) {
    if (!at_head.contains(path)) disagree(path, describe(file.now, file.lines), "no such file");
  }

  if (repository.has_work_tree()) compare_with_index(out, tree, repository);
  const std::string commit = books.position.tip.empty() ? "an empty history" : "commit " + books.position.tip;
  if (disagreements == 0) {
    out << "verify: agrees on " << grouped(agreed) << " files and " << grouped(lines) << " lines at " << commit << '\n';
  } else {
    out << "verify: " << grouped(disagreements) << " disagreements at " << commit << "; " << grouped(agreed)
        << " files agree\n";
  }
  return disagreements == 0;
}

}  // namespace git_ledger
