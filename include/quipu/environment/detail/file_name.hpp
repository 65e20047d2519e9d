// SPDX-License-Identifier: BSL-1.0
//
// file_name.hpp: which names an environment takes. The rules stand here once, so that no environment is laxer than
// another.
#pragma once

#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// `directory/name`, for messages.
[[nodiscard]] inline std::string joined_path(std::string_view directory, std::string_view name) {
  std::string whole{directory};
  if (!whole.ends_with('/')) whole += '/';
  whole += name;
  return whole;
}

/// Throws errc::invalid_argument where `name` isn't the name of one entry in a directory: a slash would lead elsewhere,
/// and a NUL would cut the name short and so mean another file.
inline void check_file_name(std::string_view name, std::string_view directory) {
  if (!name.empty() && name != "." && name != ".." && name.find('/') == name.npos && name.find('\0') == name.npos)
    return;
  error::details about;
  about.path = joined_path(directory, name);
  throw error{errc::invalid_argument, "a file's name is one component, not empty, \".\" or \"..\"", about};
}

/// Throws errc::invalid_argument where `where` is empty or holds a NUL.
inline void check_directory_path(const std::filesystem::path& where) {
  if (!where.empty() && where.string().find('\0') == std::string::npos) return;
  error::details about;
  about.path = where.string();
  throw error{errc::invalid_argument, "a directory's path is empty or holds a NUL", about};
}

}  // namespace quipu::detail::inline QUIPU_MODE
