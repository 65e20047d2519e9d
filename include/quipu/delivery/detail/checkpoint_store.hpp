// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_store.hpp: where a named cursor keeps its checkpoints, as the cursor sees it.
#pragma once

#include "../../macros.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

struct checkpoint;

/// Keeps a named cursor's checkpoints, wherever that is.
class checkpoint_store {
 public:
  checkpoint_store() = default;
  checkpoint_store(const checkpoint_store&) = delete;
  checkpoint_store& operator=(const checkpoint_store&) = delete;
  virtual ~checkpoint_store() = default;

  [[nodiscard]] virtual std::optional<checkpoint> load(std::string_view name) = 0;
  /// Where its file is, for messages.
  [[nodiscard]] virtual std::string path_of(std::string_view name) const = 0;
  /// Replaces the checkpoint of `made.name`, and numbers and dates `made`. What is replaced must have the commit number
  /// `expected`, or `attempted`, that of an attempt that may have succeeded; 0 is that there is none. Otherwise it is
  /// `errc::conflict`.
  virtual void save(checkpoint& made, std::uint64_t expected, std::uint64_t attempted) = 0;
  /// Removes the checkpoint, whatever is in it; false where there is none.
  virtual bool remove(std::string_view name) = 0;
};

}  // namespace quipu::detail::inline QUIPU_MODE
