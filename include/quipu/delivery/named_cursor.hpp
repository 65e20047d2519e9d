// SPDX-License-Identifier: BSL-1.0
//
// named_cursor.hpp: a cursor whose position is durable. The position is stored in the store's directory under the
// cursor's name.
//
//   auto billing = store.cursor_guaranteed("billing", quipu::region::all().with_events<ordered>());
//   while (auto event = billing.wait()) {
//     charge(*event);    // repeated after a crash before the commit: make it idempotent, or commit its state
//     billing.commit();  // or: billing.commit(state)
//   }
#pragma once

#include "../coordinate/region.hpp"
#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "cursor.hpp"
#include "cursor_info.hpp"
#include "cursor_position.hpp"
#include "detail/checkpoint_store.hpp"
#include "unknown_kinds.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// A cursor with a durable position. `commit()` stores the position, and a new instance with the same name continues
/// there.
///
/// Several instances with one name may read concurrently. Only the instance that committed last may commit again; a
/// commit by another instance throws `errc::conflict`. Threading and lifetime are those of `cursor`.
class named_cursor : public cursor {
  using checkpoint = detail::checkpoint;
  using checkpoint_store = detail::checkpoint_store;
  using log_source = detail::log_source;

 public:
  /// For the store. Continues at the checkpoint of `name`, or begins at `from` if there is none. Throws as `load` and
  /// the constructor of `cursor` do.
  [[nodiscard]] static named_cursor open(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files,
                                         std::string_view name, region wanted, const cursor_position& from,
                                         const unknown_kinds& unknown = {});

  /// For the library's own layers: returns the checkpoint of `name`, checked against the log; nothing if there is none.
  /// Throws `errc::corrupt` or `errc::unsupported_format` for a damaged checkpoint or one of another log,
  /// `errc::invalid_argument` for a checkpoint with another region, and `errc::io_failed`.
  static std::optional<checkpoint> load(log_source& source, checkpoint_store& files, std::string_view name,
                                        const region& wanted);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// For the library's own layers.
  [[nodiscard]] checkpoint_store& files() const noexcept { return *files_; }
  /// Returns the state of the last commit of this instance, or, before that, the state of the checkpoint that it was
  /// opened from; empty if there is none. The view is valid until the next commit.
  [[nodiscard]] bytes_view state() const noexcept { return bytes_view{state_}; }
  /// Returns true if this instance was opened from a checkpoint or has committed.
  [[nodiscard]] bool is_committed() const noexcept { return committed_ != 0; }

  /// Stores the position together with `state`. Returns when both, and every event before the position, are on stable
  /// storage. Both are written to one file, so they always agree. Writes nothing if neither changed since the last
  /// commit.
  ///
  /// Throws `errc::conflict` if another instance with this name has committed since or the cursor was removed,
  /// `errc::payload_too_large` if `state` exceeds 256 MiB, and `errc::io_failed`, `errc::storage_full`,
  /// `errc::writer_failed`, `errc::closed`. After an error, the file holds either the previous checkpoint or the new
  /// one; a later commit of this instance accepts both.
  void commit(bytes_view state = {});
  [[nodiscard]] outcome<void> try_commit(bytes_view state = {});

 private:
  named_cursor(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files, std::string_view name,
               region wanted, std::uint64_t next, std::optional<checkpoint> loaded, const unknown_kinds& unknown);

  std::unique_ptr<checkpoint_store> files_;
  std::string name_;
  std::uint64_t committed_{};  // last known commit number of the file; 0 for none
  std::uint64_t attempted_{};  // number of a failed commit that may have reached the file
  std::uint64_t committed_sequence_{};
  bytes state_;
};

}  // namespace quipu::inline QUIPU_MODE
