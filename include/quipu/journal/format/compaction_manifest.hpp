// SPDX-License-Identifier: BSL-1.0
//
// compaction_manifest.hpp: `quipu.compaction`, the file whose appearing decides a compaction: from then on the segments that were made
// are the log, whatever names they have so far. Beside the common head:
//   48   8  how many segments are replaced
//   56   8  how many are made
//   64   8  the log's generation afterwards, where events were dropped or erased; else 0
//   72   4  CRC-32C of what follows the head
//   76   4  zero
//   80   .  the first numbers of those replaced, 8 each, ascending; then of those made, which are among them
#pragma once

#include "layout.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail {

struct compaction_manifest {
  static constexpr std::size_t head_size = 80;
  static constexpr std::string_view magic{"QUIPUCMP"};
  using number_list = std::vector<std::uint64_t>;

  file_head common{};
  std::uint64_t generation{};
  number_list replaced{};
  number_list made{};

  [[nodiscard]] bool replaces(std::uint64_t first) const noexcept { return has(replaced, first); }
  [[nodiscard]] bool makes(std::uint64_t first) const noexcept { return has(made, first); }

  [[nodiscard]] bytes encode() const {
    bytes raw(head_size + 8 * (replaced.size() + made.size()));
    common.put(raw.data(), magic, head_size);
    store_little_endian(raw.data() + 48, static_cast<std::uint64_t>(replaced.size()));
    store_little_endian(raw.data() + 56, static_cast<std::uint64_t>(made.size()));
    store_little_endian(raw.data() + 64, generation);
    std::byte* at = raw.data() + head_size;
    for (const number_list* list : {&replaced, &made})
      for (const std::uint64_t first : *list) {
        store_little_endian(at, first);
        at += 8;
      }
    store_little_endian(raw.data() + 72, crc32c(bytes_view{raw}.subview(head_size)));
    file_head::seal(raw.data(), head_size);
    return raw;
  }

  /// Throws `errc::corrupt` or `errc::unsupported_format`.
  [[nodiscard]] static compaction_manifest decode(bytes_view raw, const store_identity& identity, const std::string& file) {
    compaction_manifest manifest;
    manifest.common.take(raw, magic, head_size, file);
    const store_identity& found = manifest.common.identity;
    if (found.lineage != identity.lineage || found.checksum_seed != identity.checksum_seed || found.chained != identity.chained)
      throw_corrupt("the compaction belongs to another store", file, 16);
    const auto replaced_count = load_little_endian<std::uint64_t>(raw.data() + 48);
    const auto made_count = load_little_endian<std::uint64_t>(raw.data() + 56);
    const bytes_view numbers = raw.subview(head_size);
    if (replaced_count > numbers.size() / 8 || made_count > numbers.size() / 8 || 8 * (replaced_count + made_count) != numbers.size() ||
        load_little_endian<std::uint32_t>(raw.data() + 72) != crc32c(numbers))
      throw_corrupt("what a compaction replaces can't be read", file, head_size);
    manifest.generation = load_little_endian<std::uint64_t>(raw.data() + 64);
    for (std::size_t at = 0; at < numbers.size(); at += 8)
      (at < 8 * replaced_count ? manifest.replaced : manifest.made).push_back(load_little_endian<std::uint64_t>(numbers.data() + at));
    if (!ascends(manifest.replaced) || !ascends(manifest.made)) throw_corrupt("what a compaction replaces isn't in order", file, head_size);
    for (const std::uint64_t first : manifest.made)
      if (!manifest.replaces(first)) throw_corrupt("a compaction made a segment that replaces none", file, head_size);
    return manifest;
  }

 private:
  [[nodiscard]] static bool has(const number_list& list, std::uint64_t first) noexcept {
    const auto found = std::partition_point(list.begin(), list.end(), [first](std::uint64_t each) { return each < first; });
    return found != list.end() && *found == first;
  }
  [[nodiscard]] static bool ascends(const number_list& list) noexcept {
    for (std::size_t index = 1; index < list.size(); ++index)
      if (!(list[index - 1] < list[index])) return false;
    return true;
  }
};

}  // namespace quipu::detail
