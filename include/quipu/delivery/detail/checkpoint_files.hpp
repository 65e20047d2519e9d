// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.hpp: reads and writes the checkpoints of a store's named cursors, one file each in the store's
// directory. A file is always replaced as a whole (journal/segment/whole_file.hpp).
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../cursor_info.hpp"
#include "checkpoint.hpp"
#include "checkpoint_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] std::string checkpoint_path(const environment_directory& directory, std::string_view name);

/// Returns the checkpoint of a cursor; nothing if there is none. Throws `errc::corrupt`, `errc::unsupported_format` and
/// `errc::io_failed`.
[[nodiscard]] std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name);

void write_checkpoint(environment_directory& directory, const checkpoint& made);

bool remove_checkpoint(environment_directory& directory, std::string_view name);

[[nodiscard]] std::vector<cursor_info> list_checkpoints(const environment_directory& directory);

}  // namespace quipu::detail::inline QUIPU_MODE
