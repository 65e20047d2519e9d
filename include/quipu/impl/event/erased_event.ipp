// SPDX-License-Identifier: BSL-1.0
//
// erased_event.ipp: see event/erased_event.hpp.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/field.hpp"
#include "../../core/event_kind.hpp"
#include "../../event/erased_event.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../hash/digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace quipu::detail {

QUIPU_DECL content_digest content_digest_of(const coordinate_digest& where, event_kind kind, std::uint16_t version,
                                            bytes_view payload, const digest* key) {
  std::array<std::byte, content_head_layout::total_size> head;
  content_head_layout::coordinate.store(head.data(), where);
  content_head_layout::kind.store(head.data(), kind.raw());
  content_head_layout::version.store(head.data(), version);
  blake3_hasher hasher = key == nullptr ? blake3_hasher{} : blake3_hasher::keyed(*key);
  hasher.update(bytes_view{head.data(), head.size()});
  hasher.update(payload);
  const digest whole = hasher.finish();
  content_digest part{};
  std::memcpy(part.data(), whole.bytes().data(), part.size());
  return part;
}

QUIPU_DECL bytes erased_content::encode() const {
  bytes raw(content ? most_size : layout::head_size);
  layout::kind.store(raw.data(), was.kind.raw());
  layout::version.store(raw.data(), was.version);
  layout::payload_size.store(raw.data(), was.payload_size);
  if (content) layout::content.store(raw.data(), *content);
  return raw;
}

QUIPU_DECL std::optional<erased_content> erased_content::of(const frame_view& frame) noexcept {
  if (frame.is_internal() || frame.kind() != event_kind::tombstone || frame.payload_size() != 0) return std::nullopt;
  const auto raw = frame.extension(extension_type::erased);
  if (!raw || (raw->size() != layout::head_size && raw->size() != most_size)) return std::nullopt;
  erased_content found;
  found.was.kind = event_kind::from_raw(layout::kind.load(raw->data()));
  found.was.version = layout::version.load(raw->data());
  found.was.payload_size = layout::payload_size.load(raw->data());
  if (raw->size() == most_size) found.content = layout::content.load(raw->data());
  return found;
}

}  // namespace quipu::detail
