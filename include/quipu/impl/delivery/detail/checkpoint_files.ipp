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

/// Opens a file for reading; null if it is missing.
QUIPU_DECL std::unique_ptr<environment_file> open_if_there(const environment_directory& directory,
                                                           const std::string& file_name) {
  try {
    return directory.open_file(file_name, open_mode::read);
  } catch (const error& problem) {
    if (problem.code() == errc::not_found) return nullptr;
    throw;
  }
}

QUIPU_DECL std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name) {
  const auto file = open_if_there(directory, checkpoint_file_name(name));
  if (!file) return std::nullopt;
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
  keep_parts(directory, name, {});
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

QUIPU_DECL std::string checkpoint_part::file_name() const {
  return escaped_cursor_name(cursor).append(".").append(std::to_string(number)).append(suffix);
}

QUIPU_DECL void write_part(environment_directory& directory, const checkpoint_part& made,
                           const store_identity& identity, std::int64_t now_us, bytes_view content) {
  bytes raw(checkpoint_part::head_size);
  file_head common;
  common.identity = identity;
  common.created_at_us = now_us;
  common.put(raw.data(), checkpoint_part::magic, checkpoint_part::head_size);
  file_head::seal(raw.data(), checkpoint_part::head_size);
  byte_writer{raw}.write(content);
  replace_file(directory, made.file_name(), bytes_view{raw});
}

QUIPU_DECL std::optional<bytes> load_part(const environment_directory& directory, const checkpoint_part& wanted) {
  const auto file = open_if_there(directory, wanted.file_name());
  if (!file) return std::nullopt;
  bytes raw(static_cast<std::size_t>(file->size()));
  raw.resize(file->read_at(raw.data(), raw.size(), 0));
  try {
    file_head{}.take(bytes_view{raw}, checkpoint_part::magic, checkpoint_part::head_size, std::string{file->path()});
  } catch (const error&) {
    return std::nullopt;
  }
  return bytes_view{raw}.subview(checkpoint_part::head_size).copy();
}

QUIPU_DECL void keep_parts(environment_directory& directory, std::string_view cursor,
                           std::span<const std::uint64_t> numbers) {
  const std::string begin = escaped_cursor_name(cursor) + ".";
  const std::string end{checkpoint_part::suffix};
  std::vector<std::string> kept;
  for (const std::uint64_t number : numbers) kept.push_back(checkpoint_part{std::string{cursor}, number}.file_name());
  for (const std::string& file : directory.list()) {
    const bool is_part = file.starts_with(begin) && (file.ends_with(end) || file.ends_with(unfinished_name(end)));
    if (is_part && std::find(kept.begin(), kept.end(), file) == kept.end()) directory.remove(file);
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
