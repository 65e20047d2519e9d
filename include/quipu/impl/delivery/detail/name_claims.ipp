// SPDX-License-Identifier: BSL-1.0
//
// name_claims.ipp: see delivery/detail/name_claims.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../delivery/detail/name_claims.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void name_claims::claim(std::string_view name) {
  const std::lock_guard lock{mutex_};
  for (const std::string& each : claimed_)
    if (each == name)
      throw error{errc::busy,
                  "the name \"" + std::string{name} + "\" is in use by a worker of this store: stop and join it first"};
  claimed_.push_back(std::string{name});
}

QUIPU_DECL void name_claims::release(std::string_view name) noexcept {
  if (!mutex_.is_usable()) return;
  const std::lock_guard lock{mutex_};
  for (std::size_t index = 0; index < claimed_.size(); ++index) {
    if (claimed_[index] != name) continue;
    claimed_[index].swap(claimed_.back());
    claimed_.pop_back();
    return;
  }
}

QUIPU_DECL void name_claim::release() noexcept {
  if (in_) in_->release(name_);
  in_.reset();
}

}  // namespace quipu::detail::inline QUIPU_MODE
