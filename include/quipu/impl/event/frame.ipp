// SPDX-License-Identifier: BSL-1.0
//
// frame.ipp: see event/frame.hpp.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../../event/event_header.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../hash/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace quipu::detail {

QUIPU_DECL coordinate_digest digest_of(std::string_view entity, std::string_view scope) {
  blake3_hasher hasher;
  hasher.update(bytes_view{entity});
  hasher.update(bytes_view{std::string_view{"\0", 1}});
  hasher.update(bytes_view{scope});
  return coordinate_digest_of(hasher.finish());
}

QUIPU_DECL event_header frame_view::header() const noexcept {
  event_header header;
  header.id = id();
  const auto reading = header.id.reading();
  header.timestamp_us = reading.wall_us;
  header.position.sequence = entity_sequence();
  header.position.wall_ms = static_cast<std::uint64_t>(reading.wall_us) / 1000;
  // The counter orders positions within a millisecond: the microsecond, then the reading's counter.
  header.position.counter = static_cast<std::uint32_t>(reading.wall_us % 1000) << 22 | reading.counter;
  header.correlation_id = header.id;
  if (extension_size() != 0) {
    if (const auto id = id_extension(extension_type::correlation_id)) header.correlation_id = *id;
    header.causation_id = id_extension(extension_type::causation_id);
    header.given_us = given_us();
    if (const auto lane = extension(extension_type::lane); lane && lane->size() == lane_layout::total_size) {
      header.position.depth = lane_layout::depth.load(lane->data());
      header.position.lane = lane_layout::lane.load(lane->data());
    }
  }
  header.kind = kind();
  header.flags = static_cast<event_flags>(flags() & frame_flags::user_mask);
  header.payload_size = payload_size();
  header.content_hash = hash();
  header.schema_version = schema_version();
  return header;
}

QUIPU_DECL std::uint32_t frame_view::computed_checksum(std::uint32_t seed) const noexcept {
  constexpr std::size_t before = frame_layout::checksum.offset;
  constexpr std::size_t behind = frame_layout::checksum.end();
  return crc32c(bytes_view{at_ + behind, size() - behind}, crc32c(bytes_view{at_, before}, seed));
}

QUIPU_DECL std::size_t frame_view::hash_message_size() const noexcept {
  return hash_head_size + std::size_t{payload_size()} + extension_size();
}

QUIPU_DECL void frame_view::fill_hash_head(std::byte* to, const digest& previous,
                                           const coordinate_digest& where) const noexcept {
  using head = hash_head_layout;
  head::previous.store(to, previous);
  head::coordinate.store(to, where);
  std::memcpy(to + head::kind_to_payload_size.offset, at_ + frame_layout::kind.offset,
              head::kind_to_payload_size.size());
  to[head::library_flags] = std::byte{0};
  std::memcpy(to + head::sequence_to_id.offset, at_ + frame_layout::sequence.offset, head::sequence_to_id.size());
}

QUIPU_DECL digest frame_view::computed_hash(const digest& previous, const coordinate_digest& where,
                                            const hash_key& key) const {
  blake3_tree hasher{blake3_best_level(), key.words, key.mode};
  std::array<std::byte, hash_head_size> head;
  fill_hash_head(head.data(), previous, where);
  hasher.update(head.data(), head.size());
  hasher.update(payload().data(), std::size_t{payload_size()} + extension_size());
  return hasher.finish();
}

QUIPU_DECL void write_frame(std::byte* to, const frame_content& content, bool chained) noexcept {
  const std::size_t size = frame_size(content.payload.size(), content.extensions.size(), chained);
  const std::size_t payload_at = frame_header_size + (chained ? frame_hash_size : 0);
  std::memset(to + size - frame_alignment, 0, frame_alignment);  // first: what the fields leave of it is the padding
  frame_layout::size.store(to, static_cast<std::uint32_t>(size));
  frame_layout::checksum.store(to, 0);
  frame_layout::kind.store(to, content.kind.raw());
  frame_layout::flags.store(to, content.flags);
  frame_layout::schema_version.store(to, content.schema_version);
  frame_layout::extension_size.store(to, static_cast<std::uint16_t>(content.extensions.size()));
  frame_layout::payload_size.store(to, static_cast<std::uint32_t>(content.payload.size()));
  frame_layout::coordinate.store(to, content.coordinate);
  frame_layout::sequence.store(to, content.sequence);
  frame_layout::entity_sequence.store(to, content.entity_sequence);
  frame_layout::id.store(to, content.id);
  if (chained) frame_layout::hash.store(to, digest{});
  if (!content.payload.empty()) std::memcpy(to + payload_at, content.payload.data(), content.payload.size());
  if (!content.extensions.empty())
    std::memcpy(to + payload_at + content.payload.size(), content.extensions.data(), content.extensions.size());
}

QUIPU_DECL void set_frame_checksum(std::byte* frame, std::uint32_t seed) noexcept {
  frame_layout::checksum.store(frame, frame_view{frame, false}.computed_checksum(seed));
}

QUIPU_DECL bool check_frame(const std::byte* at, std::size_t available, std::uint32_t seed, bool chained) noexcept {
  if (available < frame_header_size) return false;
  const frame_view frame{at, chained};
  const std::size_t size = frame.size();
  if (size < frame_header_size || size > available || size % frame_alignment != 0) return false;
  if (frame_size(frame.payload_size(), frame.extension_size(), chained && !frame.is_internal()) != size) return false;
  return frame.checksum() == frame.computed_checksum(seed);
}

}  // namespace quipu::detail
