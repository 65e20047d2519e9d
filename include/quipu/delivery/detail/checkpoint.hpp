// SPDX-License-Identifier: BSL-1.0
//
// checkpoint.hpp: the file of a named cursor. It holds the position, the store's identity, the region, and a state
// derived from the events before the position. docs/format.md specifies the format.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/crc32c.hpp"
#include "../../journal/format/layout.hpp"
#include "../../macros.hpp"
#include "region_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

inline constexpr std::string_view checkpoint_suffix = ".cursor";
inline constexpr std::size_t cursor_name_max_bytes = 80;
inline constexpr std::size_t cursor_state_max_bytes = std::size_t{256} << 20;

/// Returns a cursor's name as the names of its files have it, without a dot. Throws `errc::invalid_argument` if it is
/// empty or longer than `cursor_name_max_bytes`.
[[nodiscard]] std::string escaped_cursor_name(std::string_view cursor_name);
/// Returns the name of a cursor's file. Throws as `escaped_cursor_name`.
[[nodiscard]] std::string checkpoint_file_name(std::string_view cursor_name);
/// Returns the name of the cursor that a file belongs to; nothing for other files.
[[nodiscard]] std::optional<std::string> cursor_name_of(std::string_view file);

/// A checkpoint file: a head, followed by the name, the region's text and the state. `created_at_us` of the common head
/// is the time of the commit.
struct checkpoint {
  struct layout {
    static constexpr field<std::uint64_t> next_sequence{48};
    static constexpr field<event_id> last{56};
    static constexpr field<std::uint64_t> commit{72};
    static constexpr field<std::uint32_t> name_size{80};
    static constexpr field<std::uint32_t> region_size{84};
    static constexpr field<std::uint32_t> state_size{88};
    static constexpr field<std::uint32_t> content_checksum{92};  ///< CRC-32C of all bytes after the head
  };
  static constexpr std::string_view magic = "QUIPUCUR";
  static constexpr std::size_t head_size = 96;
  static_assert(fields_fill(file_head::common_size, head_size, layout::next_sequence, layout::last, layout::commit,
                            layout::name_size, layout::region_size, layout::state_size, layout::content_checksum));

  store_identity identity{};
  std::int64_t committed_at_us{};
  std::uint64_t next_sequence{};  ///< sequence of the next event to consume
  event_id last{};                ///< id of the event before it; nil if unknown
  std::uint64_t commit{};         ///< number of the commit; ascends over all instances of the cursor
  std::string name{};
  std::string region{};
  bytes state{};

  [[nodiscard]] bytes encode() const;

  /// Returns the checkpoint that `raw` encodes. Throws `errc::corrupt` or `errc::unsupported_format`, with the file's
  /// path, if `raw` is not the checkpoint of the cursor `of`.
  [[nodiscard]] static checkpoint decode(bytes_view raw, std::string_view of, const std::string& file);
};

}  // namespace quipu::detail::inline QUIPU_MODE
