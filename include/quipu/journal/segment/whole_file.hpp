// SPDX-License-Identifier: BSL-1.0
//
// whole_file.hpp: writes small files so that each appears whole or not at all: under an unfinished name, flushed, then
// renamed, and the directory flushed. After a crash an unfinished file can remain; the next writer removes it.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../format/layout.hpp"

#include <string>

namespace quipu::detail {

[[nodiscard]] inline std::string unfinished_name(const std::string& name) {
  return std::string{name}.append(unfinished_suffix);
}

/// Removes the unfinished file of `name`, if there is one. Failures are ignored: the next writer removes it.
inline void discard_unfinished(environment_directory& directory, const std::string& name) noexcept {
  try {
    directory.remove(unfinished_name(name));
  } catch (...) {
    return;
  }
}

enum class file_flush : bool { no, yes };

/// Writes the unfinished file of `name`. If this throws, as the environment does, no unfinished file remains.
inline void write_unfinished(environment_directory& directory, const std::string& name, bytes_view content,
                             file_flush flush = file_flush::yes) {
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

/// Gives an unfinished file its name, and flushes the directory.
inline void finish_file(environment_directory& directory, const std::string& name) {
  directory.rename(unfinished_name(name), name);
  directory.sync();
}

/// Creates or replaces a file; when this returns, file and name are on stable storage.
inline void replace_file(environment_directory& directory, const std::string& name, bytes_view content) {
  write_unfinished(directory, name, content);
  finish_file(directory, name);
}

}  // namespace quipu::detail
