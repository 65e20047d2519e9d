// SPDX-License-Identifier: BSL-1.0
//
// worker_record.ipp: see delivery/detail/worker_record.hpp.
#pragma once

#include "../../../core/byte_io.hpp"
#include "../../../core/bytes.hpp"
#include "../../../core/detail/field.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/detail/worker_record.hpp"
#include "../../../delivery/parked_event.hpp"
#include "../../../event/event_id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void worker_record::add_skipped(parked_event event) {
  if (skipped.size() == skipped_kept) skipped.erase(skipped.begin());
  skipped.push_back(std::move(event));
  ++skipped_count;
}

QUIPU_DECL bool worker_record::remove_parked(const event_id& which) {
  return std::erase_if(parked, [&which](const parked_event& each) { return each.id == which; }) != 0;
}

QUIPU_DECL bytes worker_record::encode() const {
  bytes raw;
  if (empty()) return raw;
  raw.resize(layout::head_size);
  layout::magic.store(raw.data(), magic);
  layout::version.store(raw.data(), version);
  layout::skipped_count.store(raw.data(), skipped_count);
  layout::parked_size.store(raw.data(), static_cast<std::uint32_t>(parked.size()));
  layout::skipped_size.store(raw.data(), static_cast<std::uint32_t>(skipped.size()));
  byte_writer writer{raw};
  for (const event_list* list : {&parked, &skipped}) {
    for (const parked_event& each : *list) {
      std::array<std::byte, event_layout::head_size> head;
      event_layout::id.store(head.data(), each.id);
      event_layout::sequence.store(head.data(), each.sequence);
      event_layout::attempts.store(head.data(), each.attempts);
      event_layout::failed_at_us.store(head.data(), each.failed_at_us);
      event_layout::text_size.store(head.data(), static_cast<std::uint32_t>(each.error.size()));
      writer.write(head.data(), head.size());
      writer.write(bytes_view{each.error});
    }
  }
  return raw;
}

QUIPU_DECL std::optional<worker_record> worker_record::decode(bytes_view raw) {
  worker_record read;
  if (raw.empty()) return read;
  byte_reader reader{raw};
  bytes_view head;
  if (!reader.take(head, layout::head_size) || layout::magic.load(head.data()) != magic ||
      layout::version.load(head.data()) != version)
    return std::nullopt;
  read.skipped_count = layout::skipped_count.load(head.data());
  const std::uint32_t parked_size = layout::parked_size.load(head.data());
  const std::uint32_t skipped_size = layout::skipped_size.load(head.data());
  if (parked_size > parked_limit_max || skipped_size > skipped_kept) return std::nullopt;
  for (std::uint32_t index = 0; index < parked_size; ++index)
    if (!read_event(reader, read.parked)) return std::nullopt;
  for (std::uint32_t index = 0; index < skipped_size; ++index)
    if (!read_event(reader, read.skipped)) return std::nullopt;
  if (!reader.at_end()) return std::nullopt;
  return read;
}

QUIPU_DECL worker_record worker_record::of(bytes_view state, std::string_view name) {
  std::optional<worker_record> read = decode(state);
  if (!read)
    throw error{errc::invalid_argument,
                "the cursor \"" + std::string{name} + "\" has a state that is not a worker's: use another name"};
  return *std::move(read);
}

QUIPU_DECL bool worker_record::read_event(byte_reader& reader, event_list& to) {
  bytes_view head;
  bytes_view text;
  if (!reader.take(head, event_layout::head_size)) return false;
  const std::uint32_t size = event_layout::text_size.load(head.data());
  if (size > parked_text_max_bytes || !reader.take(text, size)) return false;
  parked_event each;
  each.id = event_layout::id.load(head.data());
  each.sequence = event_layout::sequence.load(head.data());
  each.attempts = event_layout::attempts.load(head.data());
  each.failed_at_us = event_layout::failed_at_us.load(head.data());
  each.error = std::string{text.text()};
  to.push_back(std::move(each));
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
