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

QUIPU_DECL void name_claims::take(std::string_view name) {
  const std::lock_guard lock{mutex_};
  for (const std::string& each : taken_)
    if (each == name)
      throw error{errc::busy,
                  "a worker of this store has the name \"" + std::string{name} + "\" already: stop and join it first"};
  taken_.push_back(std::string{name});
}

QUIPU_DECL void name_claims::give_back(std::string_view name) noexcept {
  const std::lock_guard lock{mutex_};
  for (std::size_t index = 0; index < taken_.size(); ++index) {
    if (taken_[index] != name) continue;
    taken_[index].swap(taken_.back());
    taken_.pop_back();
    return;
  }
}

QUIPU_DECL void name_claim::end() noexcept {
  if (in_) in_->give_back(name_);
  in_.reset();
}

}  // namespace quipu::detail::inline QUIPU_MODE
