// SPDX-License-Identifier: BSL-1.0
//
// memory_tree.hpp: the directories and files of a `memory_environment`, with the semantics of the system calls: a
// function that fails returns the error number of the system call; 0 is success.
//
// Not thread-safe: one mutex guards the whole tree, so that a copy is consistent.
#pragma once

#include "../../macros.hpp"
#include "memory_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A file: its bytes, and its lock.
struct memory_file {
  memory_storage storage;
  bool locked{};
};

struct memory_directory;

/// A named entry: either a file or a directory.
struct memory_entry {
  std::string name;
  std::shared_ptr<memory_file> file;
  std::shared_ptr<memory_directory> directory;
};

/// A directory: its entries, sorted by name.
struct memory_directory {
  using entry = memory_entry;
  std::vector<entry> entries;

  [[nodiscard]] auto position(std::string_view name) const {
    return std::partition_point(entries.begin(), entries.end(), [name](const entry& each) { return each.name < name; });
  }
  [[nodiscard]] const entry* find(std::string_view name) const {
    const auto found = position(name);
    return found == entries.end() || found->name != name ? nullptr : &*found;
  }
  /// Precondition: the name does not exist.
  void insert(entry added) { entries.insert(position(added.name), std::move(added)); }
  void erase(std::string_view name) {
    if (find(name) != nullptr) entries.erase(position(name));
  }
};

inline constexpr std::size_t memory_name_max = 255;  // as on common file systems

/// Creates a file. Precondition: the name does not exist.
[[nodiscard]] inline std::shared_ptr<memory_file> create_memory_file(memory_directory& in, const std::string& name) {
  auto made = std::make_shared<memory_file>();
  in.insert({name, made, nullptr});
  return made;
}

/// Returns the file with this name; null and ENOENT, EISDIR or ENAMETOOLONG if there is none.
[[nodiscard]] inline std::pair<std::shared_ptr<memory_file>, int> find_memory_file(const memory_directory& in,
                                                                                   std::string_view name) {
  if (name.size() > memory_name_max) return {nullptr, ENAMETOOLONG};
  const memory_entry* const found = in.find(name);
  if (found == nullptr) return {nullptr, ENOENT};
  return {found->file, found->file ? 0 : EISDIR};
}

/// Like renameat within one directory.
[[nodiscard]] inline int rename_in_memory(memory_directory& in, const std::string& from, const std::string& to) {
  if (from.size() > memory_name_max || to.size() > memory_name_max) return ENAMETOOLONG;
  const memory_entry* const moved = in.find(from);
  if (moved == nullptr) return ENOENT;
  if (from == to) return 0;
  if (const memory_entry* const replaced = in.find(to)) {
    if (moved->file && replaced->directory) return EISDIR;
    if (moved->directory && replaced->file) return ENOTDIR;
    if (replaced->directory && !replaced->directory->entries.empty()) return ENOTEMPTY;
  }
  memory_entry renamed{to, moved->file, moved->directory};
  in.erase(from);  // first, so that the insertion needs no allocation
  in.erase(to);
  in.insert(std::move(renamed));
  return 0;
}

/// Returns the directory at a path that starts at `root`, with or without a slash. With `create`, creates it and its
/// missing parents. Returns null and ENOENT, ENOTDIR or ENAMETOOLONG on failure.
[[nodiscard]] inline std::pair<std::shared_ptr<memory_directory>, int> walk_memory(
    const std::shared_ptr<memory_directory>& root, std::string_view where, bool create) {
  std::vector<std::shared_ptr<memory_directory>> way{root};
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
    memory_directory& here = *way.back();
    if (const memory_entry* const found = here.find(name)) {
      if (!found->directory) return {nullptr, ENOTDIR};
      way.push_back(found->directory);
    } else if (create) {
      auto made = std::make_shared<memory_directory>();
      here.insert({std::string{name}, nullptr, made});
      way.push_back(std::move(made));
    } else {
      return {nullptr, ENOENT};
    }
  }
  return {way.back(), 0};
}

/// Copies everything below `from` into new files and directories, without locks. Returns false if there is no memory.
[[nodiscard]] inline bool copy_memory(const memory_directory& from, memory_directory& to) {
  for (const memory_entry& entry : from.entries) {
    if (entry.file) {
      if (!create_memory_file(to, entry.name)->storage.copy_from(entry.file->storage)) return false;
    } else {
      auto made = std::make_shared<memory_directory>();
      to.insert({entry.name, nullptr, made});
      if (!copy_memory(*entry.directory, *made)) return false;
    }
  }
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
