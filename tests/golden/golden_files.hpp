// SPDX-License-Identifier: BSL-1.0
//
// golden_files.hpp: stores whose files are committed under tests/golden/v1. Their index files are of the first version,
// which is made again from the segments; what today's writer makes of them lies under tests/golden/index3.
#pragma once

#include "../journal/simulated_machine.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <vector>

namespace golden_files {

inline std::filesystem::path folder_of(const std::string& store) {
  return std::filesystem::path{__FILE__}.parent_path() / "v1" / store;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The files that are committed: not the lock, which is empty. The first programs wrote no record of the log's end, so
/// stores of their time have none.
enum class end_record : bool { without, with };
inline std::vector<std::string> names_of(const simulation::disk& of, end_record end = end_record::without) {
  std::vector<std::string> names = of.names();
  std::erase(names, "quipu.lock");
  if (end == end_record::without) std::erase(names, "quipu.end");
  return names;
}

inline bool is_index(const std::string& name) { return name.ends_with(".index"); }
/// What today's writer makes of the one index file that a store has.
inline std::filesystem::path index_of(const std::filesystem::path& folder) {
  return std::filesystem::path{__FILE__}.parent_path() / "index3" / (folder.filename().string() + ".index");
}

/// Replaces what is in the folder, except for index files of the first version, and the index file of today.
inline void write(const std::filesystem::path& folder, const simulation::disk& from,
                  const std::vector<std::string>& names) {
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(index_of(folder).parent_path());
  for (const auto& old : std::filesystem::directory_iterator{folder})
    if (!is_index(old.path().filename().string())) std::filesystem::remove(old.path());
  for (const std::string& name : names) {
    const quipu::bytes content = from.content(name);
    std::ofstream{is_index(name) ? index_of(folder) : folder / name, std::ios::binary}.write(
        reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
}

/// The committed files on a disk of their own. `events.jsonl` is beside the store and not of it.
inline simulation::disk load(const std::filesystem::path& folder) {
  simulation::disk loaded{1, "golden"};
  for (const auto& found : std::filesystem::directory_iterator{folder})
    if (found.path().filename() != "events.jsonl")
      loaded.put(found.path().filename().string(), read_file(found.path()));
  return loaded;
}

/// Compares a store's files with the committed ones, which must be as many.
inline void check_same(const simulation::disk& made, const std::filesystem::path& folder,
                       const std::vector<std::string>& names, std::size_t count) {
  const simulation::disk kept = load(folder);
  CHECK(names.size() == count);
  for (const std::string& name : names) {
    INFO(name);
    if (is_index(name))
      CHECK(quipu::bytes_view{made.content(name)}.text() == read_file(index_of(folder)));
    else
      CHECK(made.content(name) == kept.content(name));
  }
}

}  // namespace golden_files
