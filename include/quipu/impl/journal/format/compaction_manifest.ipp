// SPDX-License-Identifier: BSL-1.0
//
// compaction_manifest.ipp: see journal/format/compaction_manifest.hpp.
#pragma once

#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/format/layout.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bytes compaction_manifest::encode() const {
  bytes raw(head_size);
  byte_writer writer{raw};
  for (const number_list* list : {&replaced, &made})
    for (const std::uint64_t first : *list) writer.put(first);
  std::byte* const head = raw.data();
  common.put(head, magic, head_size);
  layout::replaced_count.store(head, replaced.size());
  layout::made_count.store(head, made.size());
  layout::generation.store(head, generation);
  layout::numbers_checksum.store(head, crc32c(bytes_view{raw}.subview(head_size)));
  file_head::seal(head, head_size);
  return raw;
}

QUIPU_DECL compaction_manifest compaction_manifest::decode(bytes_view raw, const store_identity& identity,
                                                           const std::string& file) {
  compaction_manifest manifest;
  manifest.common.take(raw, magic, head_size, file);
  if (!manifest.common.identity.is_of_same_store(identity))
    throw_corrupt("the compaction belongs to another store", file, file_head::layout::lineage.offset);
  const std::uint64_t replaced_count = layout::replaced_count.load(raw.data());
  const std::uint64_t made_count = layout::made_count.load(raw.data());
  const bytes_view numbers = raw.subview(head_size);
  const std::uint64_t most = numbers.size() / number_size;
  if (replaced_count > most || made_count > most || number_size * (replaced_count + made_count) != numbers.size() ||
      layout::numbers_checksum.load(raw.data()) != crc32c(numbers))
    throw_corrupt("what a compaction replaces can't be read", file, head_size);
  manifest.generation = layout::generation.load(raw.data());
  byte_reader reader{numbers};
  for (std::uint64_t first = 0; reader.get(first);)
    (manifest.replaced.size() < replaced_count ? manifest.replaced : manifest.made).push_back(first);
  if (!ascends(manifest.replaced) || !ascends(manifest.made))
    throw_corrupt("what a compaction replaces isn't in order", file, head_size);
  for (const std::uint64_t first : manifest.made)
    if (!manifest.replaces(first)) throw_corrupt("a compaction made a segment that replaces none", file, head_size);
  return manifest;
}

QUIPU_DECL bool compaction_manifest::has(const number_list& list, std::uint64_t first) noexcept {
  return std::binary_search(list.begin(), list.end(), first);
}

QUIPU_DECL bool compaction_manifest::ascends(const number_list& list) noexcept {
  for (std::size_t index = 1; index < list.size(); ++index)
    if (!(list[index - 1] < list[index])) return false;
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
