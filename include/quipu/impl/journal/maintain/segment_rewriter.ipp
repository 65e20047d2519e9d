// SPDX-License-Identifier: BSL-1.0
//
// segment_rewriter.ipp: see journal/maintain/segment_rewriter.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../environment/environment.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/maintain/segment_rewriter.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL segment_rewriter::segment_rewriter(log_files& files, std::uint64_t first_sequence)
    : identity_{files.identity()},
      file_{files.directory().open_file(segment_name(first_sequence, replacement_suffix), open_mode::create)} {
  head_.common = files.head().common;
  head_.first_sequence = first_sequence;
}

QUIPU_DECL std::uint64_t segment_rewriter::finish(std::optional<std::uint64_t> generation, std::int64_t now_us) {
  end_hole();
  const bytes content = seal_->encode();
  const frame_content seal{.kind = event_kind::system_checkpoint,
                           .flags = static_cast<std::uint16_t>(frame_flags::internal | frame_flags::flushed),
                           .sequence = seal_->next_sequence,
                           .payload = bytes_view{content}};
  write_new(seal, nullptr);
  write_out();
  head_.common.compacted = compacted_;
  head_.common.created_at_us = now_us;
  if (generation) head_.generation = *generation;
  const auto raw = head_.encode();
  file_->write_at(bytes_view{raw.data(), raw.size()}, 0);
  file_->sync();
  return end_;
}

QUIPU_DECL void segment_rewriter::take_internal(const frame_view& frame, const segment& from) {
  if (frame.kind() == event_kind::data) {
    source_.push_back({frame.payload().text()});
  } else if (frame.kind() == event_kind::system_schema) {
    if (const auto defined = schema_definition::read(frame))
      schemas_.insert(segment_index::schema_key(defined->kind, defined->version), {}).current = {
          frame.payload().text(), frame.extensions().text()};
  } else if (frame.kind() == event_kind::system_checkpoint) {
    seal_ = seal_content::read(frame.payload());
  } else if (hole::is_one(frame)) {
    take_hole(hole{frame, identity_.chained}, from);
  }  // marks of closing and notes of compactions aren't copied
}

QUIPU_DECL void segment_rewriter::take_event(const frame_view& frame, const segment& from, event_fate fate) {
  if (fate == event_fate::dropped) return drop(frame, from);
  end_hole();
  const std::uint32_t coordinate = number_of(frame.coordinate(), from, frame.sequence());
  if (frame.kind() == event_kind::tombstone) compacted_ = true;
  if (fate == event_fate::erased) return erase(frame, coordinate);
  if (frame.schema_version() != 0) define_schema(frame);
  std::byte* const copy = room_for(frame.size());
  std::memcpy(copy, frame.data(), frame.size());
  frame_layout::flags.store(copy, static_cast<std::uint16_t>(frame.flags() & frame_flags::user_mask));
  frame_layout::coordinate.store(copy, coordinate);
  set_frame_checksum(copy, identity_.checksum_seed);
}

QUIPU_DECL void segment_rewriter::erase(const frame_view& frame, std::uint32_t coordinate) {
  compacted_ = true;
  // Links to other events are kept. Data of the program is erased, also the metadata and the reason of a bypass.
  bytes extensions;
  byte_writer writer{extensions};
  const auto put = [&](extension_type type, bytes_view content) {
    writer.put(static_cast<std::uint16_t>(type));
    writer.put(static_cast<std::uint16_t>(content.size()));
    writer.write(content);
  };
  for (const extension_type type : {extension_type::correlation_id, extension_type::causation_id,
                                    extension_type::idempotency_key, extension_type::lane})
    if (const auto content = frame.extension(type)) put(type, *content);
  const erased_event was{frame.kind(), frame.schema_version(), frame.payload_size()};
  erased_content rest{was};
  if (frame.id_extension(extension_type::idempotency_key)) rest.content = content_of(frame);
  put(extension_type::erased, bytes_view{rest.encode()});
  const frame_content left{.kind = event_kind::tombstone,
                           .flags = static_cast<std::uint16_t>(frame.flags() & frame_flags::user_mask),
                           .coordinate = coordinate,
                           .sequence = frame.sequence(),
                           .entity_sequence = frame.entity_sequence(),
                           .id = frame.id(),
                           .extensions = bytes_view{extensions}};
  const digest hash = frame.hash();
  write_new(left, identity_.chained ? &hash : nullptr);
}

QUIPU_DECL void segment_rewriter::drop(const frame_view& frame, const segment& from) {
  dropped_event event{.sequence = frame.sequence(),
                      .coordinate = number_of(frame.coordinate(), from, frame.sequence()),
                      .entity_sequence = frame.entity_sequence(),
                      .hash = frame.hash()};
  if (const auto key = frame.id_extension(extension_type::idempotency_key)) {
    event.key = key;
    event.id = frame.id();
    const auto erased = erased_content::of(frame);
    event.content = erased && erased->content ? *erased->content : content_of(frame);
  }
  if (hole_count_ >= hole::count_limit) end_hole();
  add_to_hole(event);
  hole_id_ = frame.id();
}

QUIPU_DECL void segment_rewriter::take_hole(const hole& taken, const segment& from) {
  if (hole_count_ + taken.count() > hole::count_limit) end_hole();
  taken.each([&](dropped_event event) {
    event.coordinate = number_of(event.coordinate, from, event.sequence);
    add_to_hole(event);
  });
  hole_id_ = taken.last_id();
}

QUIPU_DECL void segment_rewriter::add_to_hole(const dropped_event& event) {
  if (hole_count_ == 0) {
    hole_first_ = event.sequence;
    hole_.assign(hole::layout::head_size, std::byte{0});
  }
  event.put(hole_, identity_.chained);
  hole::layout::count.store(hole_.data(), ++hole_count_);
}

QUIPU_DECL void segment_rewriter::end_hole() {
  if (hole_count_ == 0) return;
  compacted_ = true;
  hole_count_ = 0;
  write_new({.kind = event_kind::tombstone,
             .flags = frame_flags::internal,
             .sequence = hole_first_,
             .id = hole_id_,
             .payload = bytes_view{hole_}},
            nullptr);
}

QUIPU_DECL std::uint32_t segment_rewriter::number_of(std::uint32_t coordinate, const segment& from,
                                                     std::uint64_t sequence) {
  if (coordinate >= source_.size()) throw_corrupt("an event's coordinate isn't defined", from.path(), 0);
  source_coordinate& known = source_[coordinate];
  if (known.number != unknown) return known.number;
  const auto next = static_cast<std::uint32_t>(coordinates_.size());
  known.number = coordinates_.insert(known.definition, next);
  if (known.number == next) {
    // A pending hole will follow this frame; then the next event is the first of the hole.
    write_new({.kind = event_kind::data,
               .flags = frame_flags::internal,
               .coordinate = next,
               .sequence = hole_count_ == 0 ? sequence : hole_first_,
               .payload = bytes_view{known.definition}},
              nullptr);
  }
  return known.number;
}

QUIPU_DECL void segment_rewriter::define_schema(const frame_view& frame) {
  schema& known = schemas_.insert(segment_index::schema_key(frame.kind(), frame.schema_version()), {});
  if (known.current == known.written) return;
  known.written = known.current;
  write_new({.kind = event_kind::system_schema,
             .flags = frame_flags::internal,
             .sequence = frame.sequence(),
             .payload = bytes_view{known.current.payload},
             .extensions = bytes_view{known.current.extensions}},
            nullptr);
}

QUIPU_DECL content_digest segment_rewriter::content_of(const frame_view& frame) {
  source_coordinate& known = source_[frame.coordinate()];
  if (!known.part_of_digest) {
    const auto names = coordinate_definition::read(bytes_view{known.definition});
    known.part_of_digest = digest_of(names->entity, names->scope);
  }
  return content_digest_of(*known.part_of_digest, frame.kind(), frame.schema_version(), frame.payload(),
                           identity_.digest_key());
}

QUIPU_DECL void segment_rewriter::write_new(const frame_content& content, const digest* hash) {
  std::byte* const at = room_for(frame_size(content.payload.size(), content.extensions.size(), hash != nullptr));
  write_frame(at, content, hash != nullptr);
  if (hash != nullptr) set_frame_hash(at, *hash);
  set_frame_checksum(at, identity_.checksum_seed);
}

QUIPU_DECL std::byte* segment_rewriter::room_for(std::size_t size) {
  if (buffer_.size() >= write_at_once) write_out();
  const std::size_t at = buffer_.size();
  buffer_.resize(at + size);
  return buffer_.data() + at;
}

QUIPU_DECL void segment_rewriter::write_out() {
  if (buffer_.empty()) return;
  file_->write_at(bytes_view{buffer_}, end_);
  file_->start_write_back(end_, buffer_.size());  // a durable append would wait behind a flush of all of it
  end_ += buffer_.size();
  buffer_.clear();
}

}  // namespace quipu::detail::inline QUIPU_MODE
