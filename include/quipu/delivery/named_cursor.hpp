// SPDX-License-Identifier: BSL-1.0
//
// named_cursor.hpp: a cursor that goes on where it was, whatever happened to the program. Its position is in the
// store's directory.
//
//   auto billing = store.cursor_guaranteed("billing", quipu::region::all().with_events<ordered>());
//   while (auto event = billing.wait()) {
//     charge(*event);    // done again after a crash before the commit: make it idempotent, or keep what was done with
//     the position (`commit(state)`) billing.commit();
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
#include "detail/checkpoint.hpp"
#include "detail/checkpoint_files.hpp"
#include "detail/region_text.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// As `cursor`, and `commit()` makes its position durable. Several instances of one name may read; the one that
/// committed last may commit again, and the others' commits are `errc::conflict`: they were overtaken.
class named_cursor : public cursor {
  using checkpoint = detail::checkpoint;
  using checkpoint_store = detail::checkpoint_store;
  using log_source = detail::log_source;

 public:
  /// For the store: goes on where the checkpoint is, or begins at `from` where there is none.
  [[nodiscard]] static named_cursor open(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files,
                                         std::string_view name, region wanted, const cursor_position& from);

  /// For the library's own layers: the checkpoint, checked against the log; nothing where there is none.
  static std::optional<checkpoint> load(log_source& source, checkpoint_store& files, std::string_view name,
                                        const region& wanted);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The state that was committed with the position that this cursor began or last committed at; empty where none was.
  /// Valid until the next commit.
  [[nodiscard]] bytes_view state() const noexcept { return bytes_view{state_}; }
  /// Whether there is a checkpoint: false until the first commit of any instance.
  [[nodiscard]] bool is_committed() const noexcept { return committed_ != 0; }

  /// Returns when the position is on stable storage, and every event before it too; and with it `state`, which
  /// `state()` of the next instance gives: one file has both, so that they never disagree. Where nothing is new,
  /// nothing is written. Throws `errc::conflict` where another instance of the name committed since, or the cursor was
  /// removed; `errc::payload_too_large` for a state over 256 MiB; `errc::io_failed`, `errc::storage_full`,
  /// `errc::writer_failed`, `errc::closed`. After a failure the
  /// last checkpoint holds, or this one: the cursor itself takes either for its own.
  void commit(bytes_view state = {});
  [[nodiscard]] outcome<void> try_commit(bytes_view state = {});

 private:
  named_cursor(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files, std::string_view name,
               region wanted, std::uint64_t next, std::optional<checkpoint> loaded);

  std::unique_ptr<checkpoint_store> files_;
  std::string name_;
  std::uint64_t committed_{};  // number of the commit that the file has, as far as this instance knows; 0 for none
  std::uint64_t attempted_{};  // number of a commit that failed and may be in the file all the same
  std::uint64_t committed_sequence_{};
  bytes state_;
};

}  // namespace quipu::inline QUIPU_MODE
