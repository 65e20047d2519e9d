// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.hpp: the checkpoints of a store's named cursors, a file each in the store's directory. A file is
// always replaced as a whole (journal/segment/whole_file.hpp).
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../environment/environment.hpp"
#include "../../journal/segment/whole_file.hpp"
#include "../cursor_info.hpp"
#include "checkpoint.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::detail {

[[nodiscard]] inline std::string checkpoint_path(const environment_directory& directory, std::string_view name) {
  return std::string{directory.path()} + "/" + checkpoint_file_name(name);
}

/// The checkpoint of a cursor; nothing where there is none. Throws `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`.
[[nodiscard]] inline std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name) {
  const std::string file_name = checkpoint_file_name(name);
  std::unique_ptr<environment_file> file;
  try {
    file = directory.open_file(file_name, open_mode::read);
  } catch (const error& problem) {
    if (problem.code() == errc::not_found) return std::nullopt;
    throw;
  }
  const std::uint64_t size = file->size();
  constexpr std::uint64_t most = cursor_state_max_bytes + (std::uint64_t{1} << 20);
  if (size > most) throw_corrupt("the file is larger than any checkpoint", std::string{file->path()}, most);
  bytes raw(static_cast<std::size_t>(size));
  raw.resize(file->read_at(raw.data(), raw.size(), 0));
  return checkpoint::decode(bytes_view{raw}, name, std::string{file->path()});
}

inline void write_checkpoint(environment_directory& directory, const checkpoint& made) {
  replace_file(directory, checkpoint_file_name(made.name), bytes_view{made.encode()});
}

inline bool remove_checkpoint(environment_directory& directory, std::string_view name) {
  const std::string file = checkpoint_file_name(name);
  directory.remove(unfinished_name(file));
  if (!directory.exists(file)) return false;
  directory.remove(file);
  directory.sync();
  return true;
}

[[nodiscard]] inline std::vector<cursor_info> list_checkpoints(const environment_directory& directory) {
  std::vector<cursor_info> found;
  for (const std::string& file : directory.list()) {
    const auto name = cursor_name_of(file);
    if (!name) continue;
    auto read = load_checkpoint(directory, *name);
    if (!read) continue;  // removed meanwhile
    found.push_back({*name, {read->identity.lineage, read->next_sequence, read->last}, std::move(read->region), read->committed_at_us, read->state.size()});
  }
  std::sort(found.begin(), found.end(), [](const cursor_info& left, const cursor_info& right) { return left.name < right.name; });
  return found;
}

/// Keeps a named cursor's checkpoints, wherever that is.
class checkpoint_store {
 public:
  checkpoint_store() = default;
  checkpoint_store(const checkpoint_store&) = delete;
  checkpoint_store& operator=(const checkpoint_store&) = delete;
  virtual ~checkpoint_store() = default;

  [[nodiscard]] virtual std::optional<checkpoint> load(std::string_view name) = 0;
  /// Where its file is, for messages.
  [[nodiscard]] virtual std::string path_of(std::string_view name) const = 0;
  /// Replaces the checkpoint of `made.name`, and numbers and dates `made`. What is replaced must have the commit number `expected`, or `attempted`, that
  /// of an attempt that may have succeeded; 0 is that there is none. Otherwise it is `errc::conflict`.
  virtual void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) = 0;
  /// Removes the checkpoint, whatever is in it; false where there is none.
  virtual bool remove(std::string_view name) = 0;
};

}  // namespace quipu::detail
