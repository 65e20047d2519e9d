// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.hpp: the checkpoints of a store's named cursors, a file each in the store's directory. A file is
// always replaced as a whole (journal/segment/whole_file.hpp).
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../environment/environment.hpp"
#include "../../journal/segment/whole_file.hpp"
#include "../../macros.hpp"
#include "../cursor_info.hpp"
#include "checkpoint.hpp"

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

[[nodiscard]] std::string checkpoint_path(const environment_directory& directory, std::string_view name);

/// The checkpoint of a cursor; nothing where there is none. Throws `errc::corrupt`, `errc::unsupported_format`,
/// `errc::io_failed`.
[[nodiscard]] std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name);

void write_checkpoint(environment_directory& directory, const checkpoint& made);

bool remove_checkpoint(environment_directory& directory, std::string_view name);

[[nodiscard]] std::vector<cursor_info> list_checkpoints(const environment_directory& directory);

/// Keeps a named cursor's checkpoints, wherever that is.
class checkpoint_store {
 public:
  checkpoint_store() = default;
  checkpoint_store(const checkpoint_store&) = delete;
  checkpoint_store& operator=(const checkpoint_store&) = delete;
  virtual ~checkpoint_store() = default;

  [[nodiscard]] virtual std::optional<checkpoint> load(std::string_view name) = 0;
  /// Where its file is, for messages.
  [[nodiscard]] virtual std::string path_of(std::string_view name) const = 0;
  /// Replaces the checkpoint of `made.name`, and numbers and dates `made`. What is replaced must have the commit number
  /// `expected`, or `attempted`, that of an attempt that may have succeeded; 0 is that there is none. Otherwise it is
  /// `errc::conflict`.
  virtual void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) = 0;
  /// Removes the checkpoint, whatever is in it; false where there is none.
  virtual bool remove(std::string_view name) = 0;
};

}  // namespace quipu::detail::inline QUIPU_MODE
