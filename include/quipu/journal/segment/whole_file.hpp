// SPDX-License-Identifier: BSL-1.0
//
// whole_file.hpp: writes small files so that each appears whole or not at all: under an unfinished name, flushed, then
// renamed, and the directory flushed. After a crash an unfinished file can remain; the next writer removes it.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"

#include <string>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] std::string unfinished_name(const std::string& name);

/// Removes the unfinished file of `name`, if there is one. Failures are ignored: the next writer removes it.
void discard_unfinished(environment_directory& directory, const std::string& name) noexcept;

enum class file_flush : bool { no, yes };

/// Writes the unfinished file of `name`. If this throws, as the environment does, no unfinished file remains.
void write_unfinished(environment_directory& directory, const std::string& name, bytes_view content,
                      file_flush flush = file_flush::yes);

/// Gives an unfinished file its name, and flushes the directory.
void finish_file(environment_directory& directory, const std::string& name);

/// Creates or replaces a file; when this returns, file and name are on stable storage.
void replace_file(environment_directory& directory, const std::string& name, bytes_view content);

}  // namespace quipu::detail::inline QUIPU_MODE
