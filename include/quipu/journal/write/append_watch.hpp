// SPDX-License-Identifier: BSL-1.0
//
// append_watch.hpp: measures an append for the observer, and tells it after the journal's lock was released.
#pragma once

#include "../../macros.hpp"
#include "../observer.hpp"
#include "append_entry.hpp"

#include <optional>
#include <span>

namespace quipu::detail::inline QUIPU_MODE {

/// Made before the lock is taken, so that it ends after the lock was released.
class append_watch {
 public:
  /// `to` may be null. `entries` must outlive this.
  append_watch(observer* to, std::span<const append_entry> entries) noexcept : to_{to}, entries_{entries}, time_{to} {}
  append_watch(const append_watch&) = delete;
  append_watch& operator=(const append_watch&) = delete;
  ~append_watch() {
    if (made_) tell();
  }

  /// The append has succeeded.
  void record(const placed_commit& made) noexcept {
    if (to_ != nullptr) made_ = made;
  }

 private:
  void tell() const noexcept;

  observer* to_;
  std::span<const append_entry> entries_;
  stopwatch time_;
  std::optional<placed_commit> made_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
