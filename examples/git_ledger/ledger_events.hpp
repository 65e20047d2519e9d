// SPDX-License-Identifier: BSL-1.0
//
// ledger_events.hpp: what is recorded, as plain structs. An event is a fact about one commit and is never changed; its
// kind is its name in the log, so numbers are given once and for all.
//
// There are two streams, each an entity of its own:
//   "history"  commit_authored, one a commit. Says who did how much, and how far the import has come.
//   "tree"     file_changed, file_renamed, file_deleted. Says what the files at HEAD are.
//
// The tree is one stream and not one per file because a commit changes several files at once and a rename moves lines
// from one to another: the tree is what has to be consistent. It also makes the state at HEAD one entry in the cache
// instead of thousands, and paths part of the payload, where any bytes of any length are welcome (an entity's name has
// 1,024 at most).
#pragma once

#include "git_history.hpp"

#include <quipu.hpp>

#include <cstdint>
#include <string>

namespace git_ledger {

inline constexpr const char* history_entity = "history";
inline constexpr const char* tree_entity = "tree";

/// A commit is in the history of HEAD. Lines are the author's own: a merge has none, what it brings in was written
/// elsewhere.
struct commit_authored {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 1);
  std::string commit;
  std::string author_name;
  std::string author_email;
  std::int64_t authored_at_s{};  ///< seconds since 1970, UTC
  bool mainline{};
  bool merge{};
  std::uint64_t files{};
  std::uint64_t lines_added{};
  std::uint64_t lines_removed{};
};

/// A path's content changed, or the path is new.
struct file_changed {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 2);
  std::string path;
  reach how{};
  content now{};
  std::uint64_t lines_added{};
  std::uint64_t lines_removed{};
};

/// A file moved to another path, where nothing was; its content may have changed on the way.
struct file_renamed {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 3);
  std::string from;
  std::string path;
  reach how{};
  content now{};
  std::uint64_t lines_added{};
  std::uint64_t lines_removed{};
};

struct file_deleted {
  static constexpr auto kind = quipu::event_kind::custom(0x1, 4);
  std::string path;
  reach how{};
  std::uint64_t lines_removed{};
};

}  // namespace git_ledger
