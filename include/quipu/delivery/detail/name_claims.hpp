// SPDX-License-Identifier: BSL-1.0
//
// name_claims.hpp: the worker and read model names in use in a store. Two threads with one name would overtake each
// other's commits.
#pragma once

#include "../../core/detail/process_mutex.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The set of names in use. Thread-safe.
class name_claims {
 public:
  /// Adds a name. Throws `errc::busy` if it is in use, and `errc::locked` in a forked child.
  void claim(std::string_view name);
  void release(std::string_view name) noexcept;

 private:
  process_mutex mutex_;
  std::vector<std::string> claimed_;
};

/// Owns a name in a `name_claims`; the destructor releases it.
class name_claim {
 public:
  name_claim(std::shared_ptr<name_claims> in, std::string_view name) : in_{std::move(in)}, name_{name} {
    in_->claim(name_);
  }
  name_claim(name_claim&&) noexcept = default;
  name_claim& operator=(name_claim&&) = delete;
  ~name_claim() { release(); }

  void release() noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::shared_ptr<name_claims> in_;
  std::string name_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
