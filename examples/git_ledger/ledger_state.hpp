// SPDX-License-Identifier: BSL-1.0
//
// ledger_state.hpp: what the events add up to. Each state names the events it folds and has one `apply` for each;
// leaving one out doesn't compile. States are plain structs too, which is why the store can keep them in its cache.
#pragma once

#include "ledger_events.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace git_ledger {

/// The files at HEAD and their lines: the sum over the mainline. Side branches get here with the merge that brings them
/// in.
struct working_tree {
  using events = quipu::event_list<file_changed, file_renamed, file_deleted>;

  struct file {
    content now{};
    std::uint64_t lines{};
    bool operator==(const file&) const = default;
  };
  std::map<std::string, file> files;
  bool operator==(const working_tree&) const = default;

  void apply(const file_changed& event) {
    if (event.how != reach::branch) change(files[event.path], event);
  }
  void apply(const file_renamed& event) {
    if (event.how == reach::branch) return;
    auto moved = files.extract(event.from);
    if (moved.empty()) throw std::logic_error{"a file was renamed that isn't in the tree: " + event.from};
    moved.key() = event.path;
    change(files.insert(std::move(moved)).position->second, event);
  }
  void apply(const file_deleted& event) {
    if (event.how != reach::branch) files.erase(event.path);
  }

 private:
  template <class Event>
  static void change(file& which, const Event& event) {
    which.now = event.now;
    which.lines = which.lines + event.lines_added - event.lines_removed;
  }
};

/// How often each path was worked on, and how much: own changes only, those on side branches included. A file that is
/// renamed takes its past along; one that is deleted keeps it, in case the path returns.
struct file_activity {
  using events = quipu::event_list<file_changed, file_renamed, file_deleted>;

  struct activity {
    std::uint64_t changes{};
    std::uint64_t lines_added{};
    std::uint64_t lines_removed{};
    bool operator==(const activity&) const = default;
  };
  std::map<std::string, activity> paths;
  bool operator==(const file_activity&) const = default;

  void apply(const file_changed& event) {
    if (event.how != reach::merge) add(paths[event.path], event.lines_added, event.lines_removed);
  }
  void apply(const file_renamed& event) {
    activity& now = paths[event.path];
    if (const auto past = paths.find(event.from); past != paths.end()) {
      now.changes += past->second.changes;
      now.lines_added += past->second.lines_added;
      now.lines_removed += past->second.lines_removed;
      paths.erase(past);
    }
    if (event.how != reach::merge) add(now, event.lines_added, event.lines_removed);
  }
  void apply(const file_deleted& event) {
    if (event.how != reach::merge) add(paths[event.path], 0, event.lines_removed);
  }

 private:
  static void add(activity& to, std::uint64_t added, std::uint64_t removed) {
    ++to.changes;
    to.lines_added += added;
    to.lines_removed += removed;
  }
};

/// Who wrote how much, by e-mail address.
struct author_table {
  using events = quipu::event_list<commit_authored>;

  struct author {
    std::string name;  ///< as in the latest commit imported
    std::uint64_t commits{};
    std::uint64_t merges{};
    std::uint64_t lines_added{};
    std::uint64_t lines_removed{};
    bool operator==(const author&) const = default;
  };
  std::map<std::string, author> authors;
  bool operator==(const author_table&) const = default;

  void apply(const commit_authored& event) {
    author& who = authors[event.author_email];
    who.name = event.author_name;
    ++(event.merge ? who.merges : who.commits);
    who.lines_added += event.lines_added;
    who.lines_removed += event.lines_removed;
  }
};

/// How far the import has come: everything that `tip` reaches, and besides some commits of the branches that the next
/// commit of the mainline brings in.
struct import_position {
  using events = quipu::event_list<commit_authored>;

  std::string tip;  ///< the last commit of the mainline; empty before the first
  std::set<std::string> ahead;
  std::uint64_t commits{};
  bool operator==(const import_position&) const = default;

  void apply(const commit_authored& event) {
    ++commits;
    if (event.mainline) {
      tip = event.commit;
      ahead.clear();
    } else {
      ahead.insert(event.commit);
    }
  }
};

/// All that the report shows.
struct ledger {
  working_tree tree;
  file_activity activity;
  author_table authors;
  import_position position;
  bool operator==(const ledger&) const = default;
};

/// Projects everything from the two streams. Any store will do; what it costs depends on the cache of the store.
template <class Store>
[[nodiscard]] ledger read_ledger(Store& store) {
  return {
      store.template project<working_tree>(tree_entity).value_or(working_tree{}),
      store.template project<file_activity>(tree_entity).value_or(file_activity{}),
      store.template project<author_table>(history_entity).value_or(author_table{}),
      store.template project<import_position>(history_entity).value_or(import_position{}),
  };
}

}  // namespace git_ledger
