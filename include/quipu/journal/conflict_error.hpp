// SPDX-License-Identifier: BSL-1.0
//
// conflict_error.hpp: the error of an append that met events which it did not expect.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../macros.hpp"
#include "append_options.hpp"
#include "read/event_range.hpp"

#include <string>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// `errc::conflict`. For an expected version, `expected()` and `actual()` are versions: the entity sequence of the
/// stream's last event, as the caller named it and as it is. For a condition, they are sequences: the one given to
/// `none_since`, and that of the first event in between. Each is empty if it names no event.
class conflict_error : public error {
 public:
  conflict_error(const std::string& message, details about, region unexpected)
      : error{errc::conflict, message, std::move(about)}, unexpected_{std::move(unexpected)} {}

  /// The entity whose stream is of another version; for a condition, the name or prefix in its region.
  [[nodiscard]] const std::string& entity() const noexcept { return unexpected_.entity_text(); }

  /// The events that the caller did not expect, as of the refused append: those after the expected version, or all
  /// events of the stream if none were expected; for a condition, those that its region selects since. The range makes
  /// its events on demand: iterate by `const auto&`.
  [[nodiscard]] event_range between() const;

  /// For the store.
  void attach(detail::log_snapshot seen) noexcept { seen_ = std::move(seen); }

 private:
  region unexpected_;
  detail::log_snapshot seen_{};
};

}  // namespace quipu::inline QUIPU_MODE
