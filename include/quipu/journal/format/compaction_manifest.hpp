// SPDX-License-Identifier: BSL-1.0
//
// compaction_manifest.hpp: `quipu.compaction`. A compaction takes effect when this file appears: from then on the
// replacements are the log, even before they have their final names.
#pragma once

#include "../../macros.hpp"
#include "layout.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The file: a head, the first sequences of the replaced segments (8 bytes each, ascending), and those of the
/// replacements, which are among them.
struct compaction_manifest {
  struct layout {
    static constexpr field<std::uint64_t> replaced_count{48};
    static constexpr field<std::uint64_t> made_count{56};
    static constexpr field<std::uint64_t> generation{64};        ///< of the log afterwards; 0 if no event was removed
    static constexpr field<std::uint32_t> numbers_checksum{72};  ///< CRC-32C of everything behind the head
    static constexpr field<std::uint32_t> reserved{76};
  };
  static constexpr std::size_t head_size = 80;
  static_assert(fields_fill(file_head::common_size, head_size, layout::replaced_count, layout::made_count,
                            layout::generation, layout::numbers_checksum, layout::reserved));
  static constexpr std::size_t number_size = sizeof(std::uint64_t);
  static constexpr std::string_view magic{"QUIPUCMP"};
  using number_list = std::vector<std::uint64_t>;

  file_head common{};
  std::uint64_t generation{};
  number_list replaced{};
  number_list made{};

  [[nodiscard]] bool replaces(std::uint64_t first) const noexcept { return has(replaced, first); }
  [[nodiscard]] bool makes(std::uint64_t first) const noexcept { return has(made, first); }

  [[nodiscard]] bytes encode() const;

  /// Throws `errc::corrupt` or `errc::unsupported_format`.
  [[nodiscard]] static compaction_manifest decode(bytes_view raw, const store_identity& identity,
                                                  const std::string& file);

 private:
  [[nodiscard]] static bool has(const number_list& list, std::uint64_t first) noexcept;
  [[nodiscard]] static bool ascends(const number_list& list) noexcept;
};

}  // namespace quipu::detail::inline QUIPU_MODE
