// SPDX-License-Identifier: BSL-1.0
//
// model_saves.ipp: see delivery/detail/model_saves.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/bytes.hpp"
#include "../../../delivery/detail/checkpoint_store.hpp"
#include "../../../delivery/detail/model_operations.hpp"
#include "../../../delivery/detail/model_saves.hpp"
#include "../../../delivery/named_cursor.hpp"
#include "../../../hash/crc32c.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool model_saves::load(const named_cursor& from, void* state, std::uint64_t generation) {
  if (type_.decode == nullptr) return false;
  byte_reader reader{from.state()};
  std::uint32_t magic = 0;
  std::uint32_t form = 0;
  std::uint64_t fingerprint_found = 0;
  std::uint64_t generation_found = 0;
  if (!reader.get(magic) || !reader.get(form) || !reader.get(fingerprint_found) || !reader.get(generation_found))
    return false;
  if (magic != model_head::magic || form != type_.form || fingerprint_found != type_.identity.fingerprint ||
      generation_found != generation)
    return false;
  const bytes_view rest = from.state().subview(model_head::size);
  return type_.encode_changes != nullptr ? load_parts(from, rest, state) : type_.decode(rest, state);
}

QUIPU_DECL bool model_saves::load_parts(const named_cursor& from, bytes_view list, void* state) {
  std::vector<part> found;
  byte_reader reader{list};
  while (!reader.at_end()) {
    part& next = found.emplace_back();
    if (!reader.get(next.number) || !reader.get(next.size) || !reader.get(next.checksum)) return false;
    last_number_ = std::max(last_number_, next.number);
    const auto content = from.files().load_part(from.name(), next.number);
    if (!content || content->size() != next.size || crc32c(bytes_view{*content}) != next.checksum) return false;
    if (!type_.decode(bytes_view{*content}, state)) return false;
  }
  parts_ = std::move(found);
  return !parts_.empty();
}

QUIPU_DECL model_saves::encoded model_saves::encode(void* state, std::uint64_t generation, std::uint64_t rebuilds) {
  encoded made;
  made.rebuilds = rebuilds;
  byte_writer head{made.head};
  head.put(model_head::magic);
  head.put(type_.form);
  head.put(type_.identity.fingerprint);
  head.put(generation);
  if (type_.encode_changes == nullptr) {
    type_.encode(state, head);
    return made;
  }
  made.is_whole = rebuilds != rebuilds_ || has_grown();
  byte_writer content{made.content};
  if (made.is_whole)
    type_.encode(state, content);
  else
    type_.encode_changes(state, content);
  type_.forget_changes(state);
  return made;
}

QUIPU_DECL bool model_saves::has_grown() const noexcept {
  if (parts_.empty() || parts_.size() >= parts_max) return true;
  std::uint64_t changes = 0;
  for (std::size_t index = 1; index < parts_.size(); ++index) changes += parts_[index].size;
  return changes >= parts_.front().size;
}

QUIPU_DECL void model_saves::write(named_cursor& to, const encoded& what) {
  if (type_.encode_changes == nullptr) return to.commit(bytes_view{what.head});
  try {
    write_parts(to, what);
  } catch (...) {
    parts_.clear();
    throw;
  }
}

QUIPU_DECL void model_saves::write_parts(named_cursor& to, const encoded& what) {
  checkpoint_store& files = to.files();
  const bytes_view content{what.content};
  const part made{++last_number_, content.size(), crc32c(content)};
  if (what.is_whole) parts_.clear();
  parts_.push_back(made);
  rebuilds_ = what.rebuilds;
  files.save_part(to.name(), made.number, content);
  bytes state = what.head;
  byte_writer list{state};
  std::vector<std::uint64_t> numbers;
  for (const part& each : parts_) {
    list.put(each.number);
    list.put(each.size);
    list.put(each.checksum);
    numbers.push_back(each.number);
  }
  to.commit(bytes_view{state});
  if (what.is_whole) files.keep_parts(to.name(), numbers);
}

}  // namespace quipu::detail::inline QUIPU_MODE
