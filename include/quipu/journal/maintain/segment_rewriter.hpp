// SPDX-License-Identifier: BSL-1.0
//
// segment_rewriter.hpp: writes the events of neighbouring segments to one new file. An event's frame keeps everything
// that its hash covers; its coordinate's number, library flags and checksum change.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../environment/environment.hpp"
#include "../../event/frame.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"

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

namespace quipu::detail {

/// What a compaction does with an event.
enum class event_fate : unsigned char { kept, dropped, erased };

/// Calls `take(frame_view)` for each frame of a sealed segment, in order. Checks each frame again, because the new
/// checksum of a copy would hide damage. Throws `errc::corrupt`.
template <class Take>
void visit_frames(const segment& of, const store_identity& identity, Take&& take) {
  const auto size = static_cast<std::size_t>(of.size());
  for (std::size_t at = segment_head::size; at != size;) {
    if (!check_frame(of.base() + at, size - at, identity.checksum_seed, identity.chained))
      throw_corrupt("a frame is damaged", of.path(), at);
    const frame_view frame = frame_view::any(of.base() + at, identity.chained);
    take(frame);
    at += frame.size();
  }
}

/// Not thread-safe. After an exception, the unfinished file remains; it isn't part of the log.
class segment_rewriter {
 public:
  /// Begins the file that will replace the segment with this first sequence. Throws as the environment does.
  segment_rewriter(log_files& files, std::uint64_t first_sequence)
      : files_{files},
        identity_{files.identity()},
        file_{files.directory().open_file(segment_name(first_sequence, replacement_suffix), open_mode::create)} {
    head_.common = files.head().common;
    head_.first_sequence = first_sequence;
  }

  /// Copies a segment; `fate_of(frame)` decides what to do with each event. The segment must exist until `finish`.
  template <class FateOf>
  void take(const segment& from, FateOf&& fate_of) {
    const segment_head opening = segment_head::decode(bytes_view{from.base(), segment_head::size}, from.path());
    if (empty_) head_.head_before = opening.head_before;
    head_.generation = std::max(head_.generation, opening.generation);
    empty_ = false;
    source_.clear();
    visit_frames(from, identity_, [&](const frame_view& frame) {
      if (!frame.is_internal()) take_event(frame, from, fate_of(frame));
      else take_internal(frame, from);
    });
  }

  /// Flushes the file and returns its size. `generation` is the log's new one, if this compaction removes events from
  /// the segment.
  [[nodiscard]] std::uint64_t finish(std::optional<std::uint64_t> generation, std::int64_t now_us) {
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

 private:
  static constexpr std::uint32_t unknown = UINT32_MAX;
  static constexpr std::size_t write_at_once = std::size_t{1} << 20;

  /// A coordinate of the segment that is being copied.
  struct source_coordinate {
    std::string_view definition{};  ///< payload of its definition
    std::uint32_t number{unknown};  ///< in the new segment
    std::optional<coordinate_digest> part_of_digest{};
  };

  void take_internal(const frame_view& frame, const segment& from) {
    if (frame.kind() == event_kind::data) {
      source_.push_back({frame.payload().text()});
    } else if (frame.kind() == event_kind::system_schema) {
      if (const auto defined = schema_definition::read(frame.payload()))
        schemas_.insert(segment_index::schema_key(defined->kind, defined->version), {}).current =
            frame.payload().text();
    } else if (frame.kind() == event_kind::system_checkpoint) {
      seal_ = seal_content::read(frame.payload());
    } else if (hole::is_one(frame)) {
      take_hole(hole{frame, identity_.chained}, from);
    }  // marks of closing and notes of compactions aren't copied
  }

  void take_event(const frame_view& frame, const segment& from, event_fate fate) {
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

  void erase(const frame_view& frame, std::uint32_t coordinate) {
    compacted_ = true;
    // Links to other events are kept. What the program wrote, also the reason of a bypass, is erased.
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
    const auto rest = erased_content{was, content_of(frame)}.encode();
    put(extension_type::erased, bytes_view{rest.data(), rest.size()});
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

  void drop(const frame_view& frame, const segment& from) {
    dropped_event event{.sequence = frame.sequence(),
                        .coordinate = number_of(frame.coordinate(), from, frame.sequence()),
                        .entity_sequence = frame.entity_sequence(),
                        .hash = frame.hash()};
    if (const auto key = frame.id_extension(extension_type::idempotency_key)) {
      event.key = key;
      event.id = frame.id();
      const auto erased = erased_content::of(frame);
      event.content = erased ? erased->content : content_of(frame);
    }
    if (hole_count_ >= hole::count_limit) end_hole();
    add_to_hole(event);
    hole_id_ = frame.id();
  }

  /// Adjacent holes become one. A hole is never split, because the ids of its events aren't known.
  void take_hole(const hole& taken, const segment& from) {
    if (hole_count_ + taken.count() > hole::count_limit) end_hole();
    taken.each([&](dropped_event event) {
      event.coordinate = number_of(event.coordinate, from, event.sequence);
      add_to_hole(event);
    });
    hole_id_ = taken.last_id();
  }

  void add_to_hole(const dropped_event& event) {
    if (hole_count_ == 0) {
      hole_first_ = event.sequence;
      hole_.assign(hole::layout::head_size, std::byte{0});
    }
    event.put(hole_, identity_.chained);
    hole::layout::count.store(hole_.data(), ++hole_count_);
  }

  /// Writes the hole of the events that were dropped since the last event that was kept.
  void end_hole() {
    if (hole_count_ == 0) return;
    compacted_ = true;
    hole_count_ = 0;
    write_new({.kind = event_kind::tombstone, .flags = frame_flags::internal, .sequence = hole_first_, .id = hole_id_,
               .payload = bytes_view{hole_}},
              nullptr);
  }

  /// The number that a coordinate of the segment `from` has in the new segment; defines it there if it is new.
  /// `sequence` is that of the next event.
  [[nodiscard]] std::uint32_t number_of(std::uint32_t coordinate, const segment& from, std::uint64_t sequence) {
    if (coordinate >= source_.size()) throw_corrupt("an event's coordinate isn't defined", from.path(), 0);
    source_coordinate& known = source_[coordinate];
    if (known.number != unknown) return known.number;
    const auto next = static_cast<std::uint32_t>(coordinates_.size());
    known.number = coordinates_.insert(known.definition, next);
    if (known.number == next) {
      // A pending hole will follow this frame; then the next event is the first of the hole.
      write_new({.kind = event_kind::data, .flags = frame_flags::internal, .coordinate = next,
                 .sequence = hole_count_ == 0 ? sequence : hole_first_, .payload = bytes_view{known.definition}},
                nullptr);
    }
    return known.number;
  }

  void define_schema(const frame_view& frame) {
    schema& known = schemas_.insert(segment_index::schema_key(frame.kind(), frame.schema_version()), {});
    if (known.current == known.written) return;
    known.written = known.current;
    write_new({.kind = event_kind::system_schema, .flags = frame_flags::internal, .sequence = frame.sequence(),
               .payload = bytes_view{known.current}},
              nullptr);
  }

  [[nodiscard]] content_digest content_of(const frame_view& frame) {
    source_coordinate& known = source_[frame.coordinate()];
    if (!known.part_of_digest) {
      const auto names = coordinate_definition::read(bytes_view{known.definition});
      known.part_of_digest = digest_of(names->entity, names->scope);
    }
    return content_digest_of(*known.part_of_digest, frame.kind(), frame.schema_version(), frame.payload());
  }

  void write_new(const frame_content& content, const digest* hash) {
    std::byte* const at = room_for(frame_size(content.payload.size(), content.extensions.size(), hash != nullptr));
    write_frame(at, content, hash != nullptr);
    if (hash != nullptr) set_frame_hash(at, *hash);
    set_frame_checksum(at, identity_.checksum_seed);
  }

  /// Room for the next frame. Valid until the next call.
  [[nodiscard]] std::byte* room_for(std::size_t size) {
    if (buffer_.size() >= write_at_once) write_out();
    const std::size_t at = buffer_.size();
    buffer_.resize(at + size);
    return buffer_.data() + at;
  }
  void write_out() {
    if (buffer_.empty()) return;
    file_->write_at(bytes_view{buffer_}, end_);
    end_ += buffer_.size();
    buffer_.clear();
  }

  struct schema {
    std::string_view current{};
    std::string_view written{};
  };

  log_files& files_;
  const store_identity& identity_;
  std::unique_ptr<environment_file> file_;
  segment_head head_{};
  bool empty_{true};
  bool compacted_{};
  std::uint64_t end_{segment_head::size};
  bytes buffer_;
  std::vector<source_coordinate> source_;
  flat_map<std::string_view, std::uint32_t, text_hash> coordinates_;
  flat_map<std::uint32_t, schema, number_hash> schemas_;
  std::optional<seal_content> seal_;
  bytes hole_;
  std::uint32_t hole_count_{};
  std::uint64_t hole_first_{};
  event_id hole_id_{};
};

}  // namespace quipu::detail
