// SPDX-License-Identifier: BSL-1.0
//
// conflict_error.hpp: the error of an append to a stream of an unexpected version.
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

/// `errc::conflict`. `expected()` and `actual()` are versions: the entity sequence of the stream's last event, as the
/// caller named it and as it is. Each is empty if it names no event.
class conflict_error : public error {
 public:
  conflict_error(const std::string& message, details about, std::string entity, std::uint64_t first_unexpected)
      : error{errc::conflict, message, std::move(about)},
        entity_{std::move(entity)},
        first_unexpected_{first_unexpected} {}

  [[nodiscard]] const std::string& entity() const noexcept { return entity_; }

  /// The events that the caller did not expect, as of the refused append: those after the expected version, or all
  /// events of the stream if none were expected.
  [[nodiscard]] event_range between() const;

  /// For the store.
  void attach(detail::log_snapshot seen) noexcept { seen_ = std::move(seen); }

 private:
  std::string entity_;
  std::uint64_t first_unexpected_;
  detail::log_snapshot seen_{};
};

}  // namespace quipu::inline QUIPU_MODE
