// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.hpp: reads and writes the checkpoints of a store's named cursors, one file each in the store's
// directory. A file is always replaced as a whole (journal/segment/whole_file.hpp).
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../../journal/format/layout.hpp"
#include "../../macros.hpp"
#include "../cursor_info.hpp"
#include "checkpoint.hpp"
#include "checkpoint_store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] std::string checkpoint_path(const environment_directory& directory, std::string_view name);

/// Returns the checkpoint of a cursor; nothing if there is none. Throws `errc::corrupt`, `errc::unsupported_format` and
/// `errc::io_failed`.
[[nodiscard]] std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name);

void write_checkpoint(environment_directory& directory, const checkpoint& made);

/// Removes a checkpoint and its parts.
bool remove_checkpoint(environment_directory& directory, std::string_view name);

[[nodiscard]] std::vector<cursor_info> list_checkpoints(const environment_directory& directory);

/// The file of a part: the common head, followed by the content.
struct checkpoint_part {
  static constexpr std::string_view magic = "QUIPUPRT";
  static constexpr std::string_view suffix = ".part";
  static constexpr std::size_t head_size = file_head::common_size;

  std::string cursor{};
  std::uint64_t number{};

  /// Returns the name of the file: that of the cursor, the number, and `suffix`.
  [[nodiscard]] std::string file_name() const;
};

void write_part(environment_directory& directory, const checkpoint_part& made, const store_identity& identity,
                std::int64_t now_us, bytes_view content);
/// Returns the content of a part; nothing if there is no such file, or it is another's. Throws `errc::io_failed`.
[[nodiscard]] std::optional<bytes> load_part(const environment_directory& directory, const checkpoint_part& wanted);
/// Removes all parts of a cursor but these.
void keep_parts(environment_directory& directory, std::string_view cursor, std::span<const std::uint64_t> numbers);

}  // namespace quipu::detail::inline QUIPU_MODE
