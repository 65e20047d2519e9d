// SPDX-License-Identifier: BSL-1.0
//
// file_name.hpp: the validity rules for file names and directory paths, shared by all environments.
#pragma once

#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Returns `directory/name`, for messages.
[[nodiscard]] inline std::string joined_path(std::string_view directory, std::string_view name) {
  std::string whole{directory};
  if (!whole.ends_with('/')) whole += '/';
  whole += name;
  return whole;
}

/// Throws `errc::invalid_argument` if `name` is not the name of one entry of a directory. A slash would lead to another
/// directory; a NUL would truncate the name.
inline void check_file_name(std::string_view name, std::string_view directory) {
  if (!name.empty() && name != "." && name != ".." && name.find('/') == name.npos && name.find('\0') == name.npos)
    return;
  error::details about;
  about.path = joined_path(directory, name);
  throw error{errc::invalid_argument, "the name of a file must be one path component and not empty, \".\" or \"..\"",
              about};
}

/// Throws `errc::invalid_argument` if `where` is empty or contains a NUL.
inline void check_directory_path(const std::filesystem::path& where) {
  if (!where.empty() && where.string().find('\0') == std::string::npos) return;
  error::details about;
  about.path = where.string();
  throw error{errc::invalid_argument, "the path of a directory is empty or contains a NUL", about};
}

}  // namespace quipu::detail::inline QUIPU_MODE
