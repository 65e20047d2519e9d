// SPDX-License-Identifier: BSL-1.0
//
// name_claims.hpp: which names of a store's workers are taken: two threads under one name would only overtake each
// other.
#pragma once

#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The names that are taken. Thread-safe.
class name_claims {
 public:
  /// Throws `errc::busy` where the name is taken.
  void take(std::string_view name);
  void give_back(std::string_view name) noexcept;

 private:
  std::mutex mutex_;
  std::vector<std::string> taken_;
};

/// A name that is taken as long as this lives.
class name_claim {
 public:
  name_claim(std::shared_ptr<name_claims> in, std::string_view name) : in_{std::move(in)}, name_{name} {
    in_->take(name_);
  }
  name_claim(name_claim&&) noexcept = default;
  name_claim& operator=(name_claim&&) = delete;
  ~name_claim() { end(); }

  void end() noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::shared_ptr<name_claims> in_;
  std::string name_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
