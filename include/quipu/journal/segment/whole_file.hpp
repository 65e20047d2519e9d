// SPDX-License-Identifier: BSL-1.0
//
// whole_file.hpp: writes small files so that each appears whole or not at all: under an unfinished name, flushed, then
// renamed, and the directory flushed. After a crash an unfinished file can remain; the next writer removes it. And
// writes large parts of files.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

/// Writes a part of a file, which may be large and is flushed next: the device begins while the rest is written. Throws
/// as `environment_file::write_at`.
void write_pieces(environment_file& file, bytes_view content, std::uint64_t offset);

/// The first bytes of a small file.
template <std::size_t Size>
struct whole_file {
  std::string path{};
  std::array<std::byte, Size> raw{};
  std::size_t size{};  ///< how many of them the file has
  [[nodiscard]] bytes_view content() const noexcept { return {raw.data(), size}; }
};

/// Reads a file of this size; nothing if there is none.
template <std::size_t Size>
[[nodiscard]] std::optional<whole_file<Size>> read_whole(const environment_directory& directory,
                                                         const std::string& name) {
  if (!directory.exists(name)) return std::nullopt;
  const std::unique_ptr<environment_file> file = directory.open_file(name, open_mode::read);
  whole_file<Size> found{.path = std::string{file->path()}};
  found.size = file->read_at(found.raw.data(), found.raw.size(), 0);
  return found;
}

}  // namespace quipu::detail::inline QUIPU_MODE
