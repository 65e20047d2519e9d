// SPDX-License-Identifier: BSL-1.0
//
// conflict_error.hpp: what an append throws when the stream isn't as expected: with what got in between.
#pragma once

#include "../core/error.hpp"
#include "../macros.hpp"
#include "append_options.hpp"
#include "read/event_range.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// `errc::conflict`. `expected()` and `actual()` are versions, that is, the entity sequence of the stream's last event:
/// the one that `expected_version::exactly` named, and the one that the stream has. Each is empty where there is none.
class conflict_error : public error {
 public:
  conflict_error(const std::string& message, details about, std::string entity, std::uint64_t first_unexpected)
      : error{errc::conflict, message, std::move(about)},
        entity_{std::move(entity)},
        first_unexpected_{first_unexpected} {}

  [[nodiscard]] const std::string& entity() const noexcept { return entity_; }

  /// The entity's events that the caller didn't know of, as the log was when the append was refused: those behind the
  /// expected one, or all of them where none were expected.
  [[nodiscard]] event_range between() const;

  /// For the store.
  void attach(detail::log_snapshot seen) noexcept { seen_ = std::move(seen); }

 private:
  std::string entity_;
  std::uint64_t first_unexpected_;
  detail::log_snapshot seen_{};
};

}  // namespace quipu::inline QUIPU_MODE
