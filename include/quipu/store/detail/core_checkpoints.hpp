// SPDX-License-Identifier: BSL-1.0
//
// core_checkpoints.hpp: where the named cursors of a store keep their checkpoints.
#pragma once

#include "../../core/error.hpp"
#include "../../coordinate/region.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/checkpoint_files.hpp"
#include "../../delivery/named_cursor.hpp"
#include "store_core.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail {

/// Checkpoints in the directory of a store that this process writes. The core is closed under the same mutex, so nothing is written
/// into a directory that was released.
class core_checkpoints final : public checkpoint_store {
 public:
  explicit core_checkpoints(std::shared_ptr<writer_core> core) : core_{std::move(core)} {}

  [[nodiscard]] std::optional<checkpoint> load(std::string_view name) override {
    const std::lock_guard lock{core_->checkpoints};
    return load_checkpoint(core_->usable_log().directory(), name);
  }
  [[nodiscard]] std::string path_of(std::string_view name) const override { return checkpoint_path(core_->log.directory(), name); }

  void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) override {
    // What a checkpoint says was consumed must never be lost behind it.
    core_->usable_log().sync(made.next_sequence);
    const std::lock_guard lock{core_->checkpoints};
    auto& log = core_->usable_log();
    const std::optional<checkpoint> there = load_checkpoint(log.directory(), made.name);
    const std::uint64_t current = there ? there->commit : 0;
    if (current != expected && (attempted == 0 || current != attempted))
      throw error{errc::conflict, "the cursor \"" + made.name + "\" was " + (there ? "committed by another instance of it" : "removed"),
                  {.path = path_of(made.name), .expected = expected, .actual = current}};
    made.committed_at_us = log.now_us();
    made.commit = std::max(current + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(made.committed_at_us, 0)));
    write_checkpoint(log.directory(), made);
  }
  bool remove(std::string_view name) override {
    const std::lock_guard lock{core_->checkpoints};
    core_->usable_log().sync(0);  // refuses where nothing may be written
    return remove_checkpoint(core_->log.directory(), name);
  }

 private:
  std::shared_ptr<writer_core> core_;
};

/// The core's log, which keeps the core alive.
[[nodiscard]] inline std::shared_ptr<log_source> source_of(const std::shared_ptr<writer_core>& core) { return {core, &core->log}; }

/// Opens a named cursor of a store that this process writes. Throws as `store::cursor_guaranteed(name, ...)`.
[[nodiscard]] inline named_cursor open_named_cursor(const std::shared_ptr<writer_core>& core, std::string_view name, region wanted,
                                                    const cursor_position& from) {
  return named_cursor::open(source_of(core), std::make_unique<core_checkpoints>(core), name, std::move(wanted), from);
}

}  // namespace quipu::detail
