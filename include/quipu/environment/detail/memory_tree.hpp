// SPDX-License-Identifier: BSL-1.0
//
// memory_tree.hpp: the directories and files of a `memory`, and what the operating system would answer about them: a function that
// fails returns the error number that a system call would have set, and 0 is success.
//
// Not thread-safe: the world that a tree belongs to has one mutex for all of it, so that a copy of the world is one moment.
#pragma once

#include "../../core/detail/ordering.hpp"
#include "../../core/detail/owner.hpp"
#include "memory_storage.hpp"

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

template <class When>
struct basic_memory_file {
  basic_memory_storage<When> storage;
  bool locked{};
};
using memory_file = basic_memory_file<when_used>;

template <class When>
struct basic_memory_directory;

/// What a name stands for: a file or a directory.
template <class When>
struct basic_memory_entry {
  std::string name;
  shared_owner<basic_memory_file<When>> file;
  shared_owner<basic_memory_directory<When>> directory;
};
using memory_entry = basic_memory_entry<when_used>;

/// A sorted vector rather than a map: directories are small, and <map> costs every program that includes the library.
template <class When>
struct basic_memory_directory {
  using entry = basic_memory_entry<When>;
  std::vector<entry> entries;

  [[nodiscard]] auto position(std::string_view name) const {
    return end_of_those(entries.begin(), entries.end(), [name](const entry& each) { return each.name < name; });
  }
  [[nodiscard]] const entry* find(std::string_view name) const {
    const auto found = position(name);
    return found == entries.end() || found->name != name ? nullptr : &*found;
  }
  /// The name isn't taken.
  void insert(entry added) { entries.insert(position(added.name), std::move(added)); }
  void erase(std::string_view name) {
    if (find(name) != nullptr) entries.erase(position(name));
  }
};
using memory_directory = basic_memory_directory<when_used>;

inline constexpr std::size_t memory_name_max = 255;  // as on the usual file systems

/// Makes the file that isn't there.
template <class When>
[[nodiscard]] shared_owner<basic_memory_file<When>> create_memory_file(basic_memory_directory<When>& in, const std::string& name) {
  auto made = make_shared_owner<basic_memory_file<When>>();
  in.insert({name, made, nullptr});
  return made;
}

/// The file of that name, if it is one; null and ENOENT, EISDIR or ENAMETOOLONG otherwise.
template <class When>
[[nodiscard]] std::pair<shared_owner<basic_memory_file<When>>, int> find_memory_file(const basic_memory_directory<When>& in, std::string_view name) {
  if (name.size() > memory_name_max) return {nullptr, ENAMETOOLONG};
  const basic_memory_entry<When>* const found = in.find(name);
  if (found == nullptr) return {nullptr, ENOENT};
  return {found->file, found->file ? 0 : EISDIR};
}

/// As renameat within one directory.
template <class When>
[[nodiscard]] int rename_in_memory(basic_memory_directory<When>& in, const std::string& from, const std::string& to) {
  if (from.size() > memory_name_max || to.size() > memory_name_max) return ENAMETOOLONG;
  const basic_memory_entry<When>* const moved = in.find(from);
  if (moved == nullptr) return ENOENT;
  if (from == to) return 0;
  if (const basic_memory_entry<When>* const replaced = in.find(to)) {
    if (moved->file && replaced->directory) return EISDIR;
    if (moved->directory && replaced->file) return ENOTDIR;
    if (replaced->directory && !replaced->directory->entries.empty()) return ENOTEMPTY;
  }
  basic_memory_entry<When> renamed{to, moved->file, moved->directory};
  in.erase(from);  // first: then there is room for the new one, and nothing can fail
  in.erase(to);
  in.insert(std::move(renamed));
  return 0;
}

/// The directory at a path, which starts at `root` with or without a slash, and is made with its parents where `create` says so.
/// Null and ENOENT, ENOTDIR or ENAMETOOLONG otherwise.
template <class When>
[[nodiscard]] std::pair<shared_owner<basic_memory_directory<When>>, int> walk_memory(
    const shared_owner<basic_memory_directory<When>>& root, std::string_view where, bool create) {
  std::vector<shared_owner<basic_memory_directory<When>>> way{root};
  while (!where.empty()) {
    const std::size_t slash = where.find('/');
    const std::string_view name = where.substr(0, slash);
    where = slash == where.npos ? std::string_view{} : where.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (way.size() > 1) way.pop_back();
      continue;
    }
    if (name.size() > memory_name_max) return {nullptr, ENAMETOOLONG};
    basic_memory_directory<When>& here = *way.back();
    if (const basic_memory_entry<When>* const found = here.find(name)) {
      if (!found->directory) return {nullptr, ENOTDIR};
      way.push_back(found->directory);
    } else if (create) {
      auto made = make_shared_owner<basic_memory_directory<When>>();
      here.insert({std::string{name}, nullptr, made});
      way.push_back(std::move(made));
    } else {
      return {nullptr, ENOENT};
    }
  }
  return {way.back(), 0};
}

/// Everything below `from`, as new files in new directories, none of them locked. False where there is no room.
template <class When>
[[nodiscard]] bool copy_memory(const basic_memory_directory<When>& from, basic_memory_directory<When>& to) {
  for (const basic_memory_entry<When>& entry : from.entries) {
    if (entry.file) {
      if (!create_memory_file(to, entry.name)->storage.copy_from(entry.file->storage)) return false;
    } else {
      auto made = make_shared_owner<basic_memory_directory<When>>();
      to.insert({entry.name, nullptr, made});
      if (!copy_memory(*entry.directory, *made)) return false;
    }
  }
  return true;
}

}  // namespace quipu::detail
