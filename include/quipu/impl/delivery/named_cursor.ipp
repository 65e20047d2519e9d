// SPDX-License-Identifier: BSL-1.0
//
// named_cursor.ipp: see delivery/named_cursor.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../delivery/cursor.hpp"
#include "../../delivery/cursor_info.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/checkpoint.hpp"
#include "../../delivery/detail/checkpoint_files.hpp"
#include "../../delivery/detail/region_text.hpp"
#include "../../delivery/named_cursor.hpp"
#include "../../delivery/unknown_kinds.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL named_cursor named_cursor::open(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files,
                                           std::string_view name, region wanted, const cursor_position& from,
                                           const unknown_kinds& unknown) {
  std::optional<checkpoint> loaded = load(*source, *files, name, wanted);
  const std::uint64_t next = loaded ? loaded->next_sequence : detail::begin_of(*source, from);
  return {std::move(source), std::move(files), name, std::move(wanted), next, std::move(loaded), unknown};
}

QUIPU_DECL std::optional<named_cursor::checkpoint> named_cursor::load(log_source& source, checkpoint_store& files,
                                                                      std::string_view name, const region& wanted) {
  std::optional<checkpoint> loaded = files.load(name);
  if (!loaded) return loaded;
  const std::string file = files.path_of(name);
  static_cast<void>(detail::begin_of(source, {loaded->identity.lineage, loaded->next_sequence, loaded->last}, file));
  if (const std::string text = detail::region_text(wanted); text != loaded->region)
    throw error{errc::invalid_argument,
                "the cursor \"" + std::string{name} + "\" has another region: its checkpoint has [" + loaded->region +
                    "], the requested region is [" + text + "]; remove the cursor, or use another name",
                {.path = file}};
  return loaded;
}

QUIPU_DECL void named_cursor::commit(bytes_view state) {
  if (state.size() > detail::cursor_state_max_bytes)
    throw error{errc::payload_too_large,
                "the state of the cursor \"" + name_ + "\" is too large",
                {.expected = detail::cursor_state_max_bytes, .actual = state.size()}};
  const cursor_position here = this->position();
  if (is_committed() && here.next_sequence == committed_sequence_ && state == bytes_view{state_}) return;
  checkpoint made;
  made.identity = this->source().identity();
  made.next_sequence = here.next_sequence;
  made.last = here.last;
  made.name = name_;
  made.region = detail::region_text(this->selects());
  made.state.assign(state.begin(), state.end());
  try {
    files_->save(made, committed_, attempted_);
  } catch (...) {
    if (made.commit != 0) attempted_ = made.commit;
    throw;
  }
  committed_ = made.commit;
  attempted_ = 0;
  committed_sequence_ = made.next_sequence;
  state_ = std::move(made.state);
}

QUIPU_DECL outcome<void> named_cursor::try_commit(bytes_view state) {
  return detail::attempt([&] { commit(state); });
}

QUIPU_DECL named_cursor::named_cursor(std::shared_ptr<log_source> source, std::unique_ptr<checkpoint_store> files,
                                      std::string_view name, region wanted, std::uint64_t next,
                                      std::optional<checkpoint> loaded, const unknown_kinds& unknown)
    : cursor{std::move(source), std::move(wanted), next, unknown}, files_{std::move(files)}, name_{name} {
  if (!loaded) return;
  committed_ = loaded->commit;
  committed_sequence_ = loaded->next_sequence;
  state_ = std::move(loaded->state);
}

}  // namespace quipu::inline QUIPU_MODE
