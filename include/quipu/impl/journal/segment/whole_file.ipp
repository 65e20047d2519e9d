// SPDX-License-Identifier: BSL-1.0
//
// whole_file.ipp: see journal/segment/whole_file.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/whole_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::string unfinished_name(const std::string& name) { return std::string{name}.append(unfinished_suffix); }

QUIPU_DECL void discard_unfinished(environment_directory& directory, const std::string& name) noexcept {
  try {
    directory.remove(unfinished_name(name));
  } catch (...) {
    return;
  }
}

QUIPU_DECL void write_unfinished(environment_directory& directory, const std::string& name, bytes_view content,
                                 file_flush flush) {
  const std::string unfinished = unfinished_name(name);
  directory.remove(unfinished);
  try {
    const auto file = directory.open_file(unfinished, open_mode::create);
    file->write_at(content, 0);
    if (flush == file_flush::yes) file->sync();
  } catch (...) {
    discard_unfinished(directory, name);
    throw;
  }
}

QUIPU_DECL void finish_file(environment_directory& directory, const std::string& name) {
  directory.rename(unfinished_name(name), name);
  directory.sync();
}

QUIPU_DECL void replace_file(environment_directory& directory, const std::string& name, bytes_view content) {
  write_unfinished(directory, name, content);
  finish_file(directory, name);
}

QUIPU_DECL void write_pieces(environment_file& file, bytes_view content, std::uint64_t offset) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  for (std::size_t at = 0; at < content.size(); at += piece) {
    const bytes_view part = content.subview(at, piece);
    file.write_at(part, offset + at);
    file.start_write_back(offset + at, part.size());
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
