// SPDX-License-Identifier: BSL-1.0
//
// recorded_end.ipp: see journal/format/recorded_end.hpp.
#pragma once

#include "../../../journal/format/layout.hpp"
#include "../../../journal/format/recorded_end.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::array<std::byte, recorded_end::size> recorded_end::encode() const noexcept {
  std::array<std::byte, size> raw{};
  common.put(raw.data(), magic, size);
  layout::next_sequence.store(raw.data(), next_sequence);
  layout::head.store(raw.data(), head);
  file_head::seal(raw.data(), size);
  return raw;
}

QUIPU_DECL recorded_end recorded_end::decode(bytes_view raw, const store_identity& identity, const std::string& file) {
  recorded_end end;
  end.common.take(raw, magic, size, file);
  if (!end.common.identity.is_of_same_store(identity))
    throw_corrupt("the record of the log's end belongs to another store", file, file_head::layout::lineage.offset);
  end.next_sequence = layout::next_sequence.load(raw.data());
  end.head = layout::head.load(raw.data());
  return end;
}

}  // namespace quipu::detail::inline QUIPU_MODE
