// SPDX-License-Identifier: BSL-1.0
//
// end_file.ipp: see journal/segment/end_file.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../journal/format/recorded_end.hpp"
#include "../../../journal/segment/end_file.hpp"
#include "../../../journal/segment/whole_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void write_end_file(environment_directory& directory, const recorded_end& end) {
  const auto raw = end.encode();
  replace_file(directory, std::string{end_file_name}, bytes_view{raw.data(), raw.size()});
}

QUIPU_DECL std::optional<recorded_end> read_end_file(const environment_directory& directory,
                                                     const store_identity& identity) {
  const auto found = read_whole<recorded_end::size>(directory, std::string{end_file_name});
  if (!found) return std::nullopt;
  return recorded_end::decode(found->content(), identity, found->path);
}

QUIPU_DECL void require_recorded_end(const std::optional<recorded_end>& recorded, std::uint64_t next_sequence,
                                     std::string_view last_segment) {
  if (!recorded || recorded->next_sequence <= next_sequence) return;
  throw error{errc::corrupt,
              end_is_missing,
              {.path = std::string{last_segment}, .expected = recorded->next_sequence, .actual = next_sequence}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
