// SPDX-License-Identifier: BSL-1.0
//
// checkpoint_store.hpp: where a named cursor keeps its checkpoints, as the cursor sees it.
#pragma once

#include "../../core/bytes.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <optional>
#include <span>
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
  /// Removes the checkpoint and its parts, whatever is in them; false where there is no checkpoint.
  virtual bool remove(std::string_view name) = 0;

  // A part is a piece of a cursor's state in a file of its own. The state in the checkpoint says which parts belong to
  // it, and how to know them again.

  /// Writes a part, or replaces the one with this number. It is on stable storage when this returns.
  virtual void save_part(std::string_view name, std::uint64_t number, bytes_view content) = 0;
  /// The content of a part; nothing where there is no such file, or it is none.
  [[nodiscard]] virtual std::optional<bytes> load_part(std::string_view name, std::uint64_t number) = 0;
  /// Removes all parts of a cursor but these.
  virtual void keep_parts(std::string_view name, std::span<const std::uint64_t> numbers) = 0;
};

}  // namespace quipu::detail::inline QUIPU_MODE
