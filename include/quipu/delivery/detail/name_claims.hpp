// SPDX-License-Identifier: BSL-1.0
//
// name_claims.hpp: which names of a store's workers are taken: two threads under one name would only overtake each other.
#pragma once

#include "../../core/detail/monitor.hpp"
#include "../../core/detail/owner.hpp"
#include "../../core/detail/when_used.hpp"
#include "../../core/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// The names that are taken. Thread-safe.
template <class When>
class basic_name_claims {
 public:
  /// Throws `errc::busy` where the name is taken.
  void take(std::string_view name) {
    const lock_guard lock{mutex_};
    for (const std::string& each : taken_)
      if (each == name) throw error{errc::busy, "a worker of this store has the name \"" + std::string{name} + "\" already: stop and join it first"};
    taken_.push_back(deferred<When, std::string>{name});
  }
  void give_back(std::string_view name) noexcept {
    const lock_guard lock{mutex_};
    for (std::size_t index = 0; index < taken_.size(); ++index) {
      if (taken_[index] != name) continue;
      taken_[index].swap(taken_.back());
      taken_.pop_back();
      return;
    }
  }

 private:
  mutex mutex_;
  std::vector<deferred<When, std::string>> taken_;
};

/// A name that is taken as long as this lives.
template <class When>
class basic_name_claim {
 public:
  basic_name_claim(shared_owner<basic_name_claims<When>> in, std::string_view name) : in_{std::move(in)}, name_{name} { in_->take(name_); }
  basic_name_claim(basic_name_claim&&) noexcept = default;
  basic_name_claim& operator=(basic_name_claim&&) = delete;
  ~basic_name_claim() { end(); }

  void end() noexcept {
    if (in_) in_->give_back(name_);
    in_.reset();
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  shared_owner<basic_name_claims<When>> in_;
  deferred<When, std::string> name_;
};

}  // namespace quipu::detail
