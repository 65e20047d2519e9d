// SPDX-License-Identifier: BSL-1.0
//
// hole.ipp: see journal/format/hole.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../event/erased_event.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/hole.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL hole::hole(const frame_view& frame, bool chained) noexcept
    : frame_{frame}, payload_{frame.data() + frame_header_size, frame.payload_size()}, chained_{chained} {}

QUIPU_DECL bool hole::is_one(const frame_view& frame) noexcept {
  return frame.is_internal() && frame.kind() == event_kind::tombstone;
}

QUIPU_DECL std::optional<hole> hole::read(const frame_view& frame, bool chained) noexcept {
  const hole found{frame, chained};
  byte_reader reader{found.payload_};
  std::uint32_t count{};
  if (!reader.get(count) || count == 0 || frame.sequence() > UINT64_MAX - count) return std::nullopt;
  dropped_event each;
  for (; count != 0; --count)
    if (!found.take(reader, each)) return std::nullopt;
  if (reader.remaining() != 0) return std::nullopt;
  return found;
}

QUIPU_DECL std::optional<dropped_event> hole::find_key(const event_id& key) const {
  std::optional<dropped_event> found;
  each([&](const dropped_event& event) {
    if (event.key == key) found = event;
  });
  return found;
}

QUIPU_DECL bool hole::take_id(byte_reader& reader, event_id& id) noexcept {
  std::array<std::uint8_t, 16> raw;
  if (!reader.read(raw.data(), raw.size())) return false;
  id = event_id{raw};
  return true;
}

QUIPU_DECL bool hole::take(byte_reader& reader, dropped_event& event) const noexcept {
  std::uint32_t flags{};
  if (!reader.get(event.coordinate) || !reader.get(flags) || !reader.get(event.entity_sequence)) return false;
  if ((flags & ~dropped_event::flag_key) != 0) return false;
  if (chained_) {
    std::array<std::byte, digest::size> hash;
    if (!reader.read(hash.data(), hash.size())) return false;
    event.hash = digest{hash};
  }
  event.key.reset();
  if (flags == 0) return true;
  event_id key;
  if (!take_id(reader, key) || !take_id(reader, event.id) || !reader.read(event.content.data(), event.content.size()))
    return false;
  event.key = key;
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
