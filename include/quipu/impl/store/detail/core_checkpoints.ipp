// SPDX-License-Identifier: BSL-1.0
//
// core_checkpoints.ipp: see store/detail/core_checkpoints.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/cursor_position.hpp"
#include "../../../delivery/detail/checkpoint_files.hpp"
#include "../../../delivery/named_cursor.hpp"
#include "../../../store/detail/core_checkpoints.hpp"
#include "../../../store/detail/writer_core.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::optional<checkpoint> core_checkpoints::load(std::string_view name) {
  const std::lock_guard lock{core_->checkpoints};
  return load_checkpoint(core_->usable_log().directory(), name);
}

QUIPU_DECL void core_checkpoints::save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) {
  // What a checkpoint says was consumed must never be lost behind it.
  core_->usable_log().sync(made.next_sequence);
  const std::lock_guard lock{core_->checkpoints};
  auto& log = core_->usable_log();
  const std::optional<checkpoint> there = load_checkpoint(log.directory(), made.name);
  const std::uint64_t current = there ? there->commit : 0;
  if (current != expected && (attempted == 0 || current != attempted))
    throw error{errc::conflict,
                "the cursor \"" + made.name + "\" was " + (there ? "committed by another instance of it" : "removed"),
                {.path = path_of(made.name), .expected = expected, .actual = current}};
  made.committed_at_us = log.now_us();
  made.commit = std::max(current + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(made.committed_at_us, 0)));
  write_checkpoint(log.directory(), made);
}

QUIPU_DECL bool core_checkpoints::remove(std::string_view name) {
  const std::lock_guard lock{core_->checkpoints};
  return remove_checkpoint(writable_directory(), name);
}

QUIPU_DECL void core_checkpoints::save_part(std::string_view name, std::uint64_t number, bytes_view content) {
  const std::lock_guard lock{core_->checkpoints};
  write_part(writable_directory(), {std::string{name}, number}, core_->log.identity(), core_->log.now_us(), content);
}

QUIPU_DECL std::optional<bytes> core_checkpoints::load_part(std::string_view name, std::uint64_t number) {
  const std::lock_guard lock{core_->checkpoints};
  return detail::load_part(core_->usable_log().directory(), {std::string{name}, number});
}

QUIPU_DECL void core_checkpoints::keep_parts(std::string_view name, std::span<const std::uint64_t> numbers) {
  const std::lock_guard lock{core_->checkpoints};
  detail::keep_parts(writable_directory(), name, numbers);
}

QUIPU_DECL environment_directory& core_checkpoints::writable_directory() {
  core_->usable_log().sync(0);
  return core_->log.directory();
}

QUIPU_DECL named_cursor open_named_cursor(const std::shared_ptr<writer_core>& core, std::string_view name,
                                          region wanted, const cursor_position& from, const unknown_kinds& unknown) {
  return named_cursor::open(source_of(core), std::make_unique<core_checkpoints>(core), name, std::move(wanted), from,
                            unknown);
}

}  // namespace quipu::detail::inline QUIPU_MODE
