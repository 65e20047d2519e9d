// SPDX-License-Identifier: BSL-1.0
//
// model_saves.hpp: what a read model writes down and takes up again. A state that can tell what has changed is saved in
// parts: first the whole state, then, each time, a part with what has changed since. Parts are files of their own; the
// checkpoint lists them, with their sizes and checksums, beside the position. So a crash between a part and its
// checkpoint leaves the state as it was, and parts of different saves are never taken for one state.
#pragma once

#include "../../core/bytes.hpp"
#include "../../macros.hpp"
#include "../named_cursor.hpp"
#include "model_operations.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The head before a model's state, in the checkpoint of the cursor with the model's name.
///    0   4  magic, "QMDL"
///    4   4  form: 1 for one state, 2 for one state per entity, 3 for one state per key
///    8   8  fingerprint of what is saved
///   16   8  the log's generation
///   24      the state, or, in form 3, its parts: for each the number (8), the size (8) and the CRC-32C (4) of its
///           content
struct model_head {
  static constexpr std::uint32_t magic = 0x4C44'4D51;
  static constexpr std::size_t size = 24;
};

/// Not thread-safe: for the model's thread, and before that runs.
class model_saves {
 public:
  /// An encoded state, or what of it has changed.
  struct encoded {
    bytes head{};     ///< of the checkpoint's state, up to the list of parts
    bytes content{};  ///< of a new part, if the state is saved in parts
    std::uint64_t rebuilds{};
    bool is_whole{};
  };

  explicit model_saves(const model_operations& type) noexcept : type_{type} {}

  /// Decodes what was saved into a new state. False if that is missing, damaged, of another build or of another
  /// generation of the log; the state is then undefined.
  [[nodiscard]] bool load(const named_cursor& from, void* state, std::uint64_t generation);

  /// Encodes what must be written. `rebuilds` counts how often the model's state was replaced by another one. To be
  /// called under the model's lock.
  [[nodiscard]] encoded encode(void* state, std::uint64_t generation, std::uint64_t rebuilds);
  /// Writes it down with the cursor's position. Throws as committing does; the next save is then of the whole state.
  void write(named_cursor& to, const encoded& what);

 private:
  struct part {
    std::uint64_t number{};
    std::uint64_t size{};
    std::uint32_t checksum{};
  };
  static constexpr std::size_t parts_max = 256;

  [[nodiscard]] bool load_parts(const named_cursor& from, bytes_view list, void* state);
  /// Whether the parts behind the first are many, or as large as that: then it is time to write the whole state again.
  [[nodiscard]] bool has_grown() const noexcept;
  void write_parts(named_cursor& to, const encoded& what);

  const model_operations& type_;
  std::vector<part> parts_;  // that make up the state as it was saved; empty if it must be saved as a whole
  std::uint64_t last_number_{};
  std::uint64_t rebuilds_{};  // when `parts_` were written
};

}  // namespace quipu::detail::inline QUIPU_MODE
