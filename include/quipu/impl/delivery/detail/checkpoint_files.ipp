// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.ipp: see delivery/detail/checkpoint_files.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/cursor_info.hpp"
#include "../../../delivery/detail/checkpoint.hpp"
#include "../../../delivery/detail/checkpoint_files.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/segment/whole_file.hpp"

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

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::string checkpoint_path(const environment_directory& directory, std::string_view name) {
  return std::string{directory.path()} + "/" + checkpoint_file_name(name);
}

QUIPU_DECL std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name) {
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
  if (size > most) throw_corrupt("the file exceeds the maximum size of a checkpoint", std::string{file->path()}, most);
  bytes raw(static_cast<std::size_t>(size));
  raw.resize(file->read_at(raw.data(), raw.size(), 0));
  return checkpoint::decode(bytes_view{raw}, name, std::string{file->path()});
}

QUIPU_DECL void write_checkpoint(environment_directory& directory, const checkpoint& made) {
  replace_file(directory, checkpoint_file_name(made.name), bytes_view{made.encode()});
}

QUIPU_DECL bool remove_checkpoint(environment_directory& directory, std::string_view name) {
  const std::string file = checkpoint_file_name(name);
  directory.remove(unfinished_name(file));
  if (!directory.exists(file)) return false;
  directory.remove(file);
  directory.sync();
  return true;
}

QUIPU_DECL std::vector<cursor_info> list_checkpoints(const environment_directory& directory) {
  std::vector<cursor_info> found;
  for (const std::string& file : directory.list()) {
    const auto name = cursor_name_of(file);
    if (!name) continue;
    auto read = load_checkpoint(directory, *name);
    if (!read) continue;  // removed since the listing
    found.push_back({*name,
                     {read->identity.lineage, read->next_sequence, read->last},
                     std::move(read->region),
                     read->committed_at_us,
                     read->state.size()});
  }
  std::sort(found.begin(), found.end(),
            [](const cursor_info& left, const cursor_info& right) { return left.name < right.name; });
  return found;
}

}  // namespace quipu::detail::inline QUIPU_MODE
