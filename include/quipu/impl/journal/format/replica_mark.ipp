// SPDX-License-Identifier: BSL-1.0
//
// replica_mark.ipp: see journal/format/replica_mark.hpp.
#pragma once

#include "../../../journal/format/layout.hpp"
#include "../../../journal/format/replica_mark.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::array<std::byte, replica_mark::size> replica_mark::encode() const noexcept {
  std::array<std::byte, size> raw{};
  common.put(raw.data(), magic, size);
  layout::state.store(raw.data(), static_cast<std::uint64_t>(state));
  file_head::seal(raw.data(), size);
  return raw;
}

QUIPU_DECL replica_mark replica_mark::decode(bytes_view raw, const store_identity& identity, const std::string& file) {
  replica_mark mark;
  mark.common.take(raw, magic, size, file);
  if (!mark.common.identity.is_of_same_store(identity))
    throw_corrupt("the mark of a replica belongs to another store", file, file_head::layout::lineage.offset);
  mark.state = static_cast<replica_state>(layout::state.load(raw.data()));
  if (mark.state != replica_state::replica && mark.state != replica_state::left)
    throw_corrupt("the mark of a replica has an unknown state", file, layout::state.offset);
  return mark;
}

}  // namespace quipu::detail::inline QUIPU_MODE
