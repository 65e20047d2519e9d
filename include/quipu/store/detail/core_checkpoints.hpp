// SPDX-License-Identifier: BSL-1.0
//
// core_checkpoints.hpp: where the named cursors of a store keep their checkpoints.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/error.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/checkpoint_files.hpp"
#include "../../delivery/named_cursor.hpp"
#include "../../macros.hpp"
#include "writer_core.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Checkpoints in the directory of a store that this process writes. The core is closed under the same mutex, so
/// nothing is written into a directory that was released.
class core_checkpoints final : public checkpoint_store {
 public:
  explicit core_checkpoints(std::shared_ptr<writer_core> core) : core_{std::move(core)} {}

  [[nodiscard]] QUIPU_DECL std::optional<checkpoint> load(std::string_view name) override;
  [[nodiscard]] std::string path_of(std::string_view name) const override {
    return checkpoint_path(core_->log.directory(), name);
  }

  QUIPU_DECL void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) override;
  QUIPU_DECL bool remove(std::string_view name) override;
  QUIPU_DECL void save_part(std::string_view name, std::uint64_t number, bytes_view content) override;
  [[nodiscard]] QUIPU_DECL std::optional<bytes> load_part(std::string_view name, std::uint64_t number) override;
  QUIPU_DECL void keep_parts(std::string_view name, std::span<const std::uint64_t> numbers) override;

 private:
  /// The store's directory. Throws where nothing may be written. For a caller that holds the mutex.
  [[nodiscard]] environment_directory& writable_directory();

  std::shared_ptr<writer_core> core_;
};

/// Opens a named cursor of a store that this process writes. Throws as `store::cursor_guaranteed(name, ...)`.
[[nodiscard]] named_cursor open_named_cursor(const std::shared_ptr<writer_core>& core, std::string_view name,
                                             region wanted, const cursor_position& from, const unknown_kinds& unknown);

}  // namespace quipu::detail::inline QUIPU_MODE
