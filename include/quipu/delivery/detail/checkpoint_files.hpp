// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_files.hpp: reads and writes the checkpoints of a store's named cursors, one file each in the store's
// directory. A file is always replaced as a whole (journal/segment/whole_file.hpp).
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

/// Returns the checkpoint of a cursor; nothing if there is none. Throws `errc::corrupt`, `errc::unsupported_format` and
/// `errc::io_failed`.
[[nodiscard]] std::optional<checkpoint> load_checkpoint(const environment_directory& directory, std::string_view name);

void write_checkpoint(environment_directory& directory, const checkpoint& made);

bool remove_checkpoint(environment_directory& directory, std::string_view name);

[[nodiscard]] std::vector<cursor_info> list_checkpoints(const environment_directory& directory);

/// The storage of checkpoints. The implementation decides on locking and location.
class checkpoint_store {
 public:
  checkpoint_store() = default;
  checkpoint_store(const checkpoint_store&) = delete;
  checkpoint_store& operator=(const checkpoint_store&) = delete;
  virtual ~checkpoint_store() = default;

  [[nodiscard]] virtual std::optional<checkpoint> load(std::string_view name) = 0;
  /// Returns the path of the file, for messages.
  [[nodiscard]] virtual std::string path_of(std::string_view name) const = 0;
  /// Replaces the checkpoint of `made.name`; sets the commit number and time of `made`. The existing checkpoint must
  /// have the commit number `expected`, or `attempted`, the number of a failed commit that may have reached the file. 0
  /// stands for no checkpoint. Throws `errc::conflict` otherwise.
  virtual void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) = 0;
  /// Removes the checkpoint without reading it. Returns false if there is none.
  virtual bool remove(std::string_view name) = 0;
};

}  // namespace quipu::detail::inline QUIPU_MODE
