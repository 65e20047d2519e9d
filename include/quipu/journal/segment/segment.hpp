// SPDX-License-Identifier: BSL-1.0
//
// segment.hpp: one file of the log as readers have it: its bytes, mapped, and where its events are. That is known
// either from a mapped index file, and then nothing of it was read before it is asked for; or from an index in memory,
// made from the frames, which grows with them.
//
// What a mapped index says is believed as to where events are, and no further: an event's frame is checked, its
// checksum included, the first time that this process comes near it. An index that is damaged is made again, from the
// frames.
#pragma once

#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "mapped_index.hpp"
#include "segment_index.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Some events of a segment, in the order of the log: all, or those of an entity, a scope, a kind. Refers to the
/// segment, which reads it.
class event_run {
 public:
  event_run() = default;
  explicit event_run(place_run fixed) noexcept : fixed_{fixed} {}
  /// Of an index that may grow; null is none.
  explicit event_run(const std::vector<std::uint32_t>* growing) noexcept : growing_{growing} {}

  /// Whether there are none, and never will be in this run.
  [[nodiscard]] bool is_nothing() const noexcept { return growing_ == nullptr && fixed_.count == 0; }

 private:
  friend class segment;
  place_run fixed_{};
  const std::vector<std::uint32_t>* growing_{};
};

/// An entity's events in a segment.
struct entity_run {
  event_run events{};
  std::uint64_t first_sequence{};  ///< the entity sequence of the first
  std::uint64_t next_sequence{};  ///< the one after the entity's last in the segment; 0 where the segment knows nothing
                                  ///< of the entity
  [[nodiscard]] explicit operator bool() const noexcept { return next_sequence != 0; }
};

/// Where a segment's bytes are, and what keeps them there.
struct segment_bytes {
  const std::byte* base{};
  std::shared_ptr<const void> storage{};
  /// The size of the file now, asked of `storage`; null where that can't be asked.
  std::uint64_t (*file_size)(const void* storage){};
  /// The log's generation when events were last dropped or erased in it, as its head has it; else 0.
  std::uint64_t generation{};
  /// Somebody else may cut the file off: ask each time that events are looked for, and not only when they are read
  /// first.
  bool is_shared{};
};

/// Shared by whoever reads it: views of its events keep it, and with it the mapping, alive. Thread-safe, but that one
/// thread at a time may change the index.
class segment final : public event_origin {
  template <class Mapped, class InMemory>
  decltype(auto) look(Mapped&& mapped, InMemory&& in_memory) const {
    if (const mapped_index* index = mapped_here()) return mapped(*index);
    return while_still([&]() -> decltype(auto) { return in_memory(static_cast<const segment_index&>(index_)); });
  }
  /// Calls while the index in memory doesn't change. One that is complete never does, and is read without a lock.
  template <class Read>
  decltype(auto) while_still(Read&& read) const {
    if (complete_.load()) return read();
    const std::lock_guard lock{mutex_};
    return read();
  }

 public:
  /// A segment that grows, or whose index is made from its frames before anybody reads it.
  segment(std::string path, std::uint64_t first_sequence, const store_identity& identity, segment_bytes bytes)
      : path_{std::move(path)}, first_sequence_{first_sequence}, identity_{identity}, bytes_{std::move(bytes)} {}

  /// A segment that is `size` bytes long, or is read so far, with its index. `index_storage` keeps the index's bytes.
  segment(std::string path, std::uint64_t first_sequence, const store_identity& identity, segment_bytes bytes,
          const mapped_index& index, std::shared_ptr<const void> index_storage);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  [[nodiscard]] bool chained() const noexcept { return identity_.chained; }
  [[nodiscard]] const store_identity& identity() const noexcept { return identity_; }
  [[nodiscard]] const std::byte* base() const noexcept { return bytes_.base; }
  [[nodiscard]] const segment_bytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t generation() const noexcept { return bytes_.generation; }
  /// What its index file says of it, where it was opened with one.
  [[nodiscard]] const index_cover* cover() const noexcept { return mapped_ ? &mapped_->cover() : nullptr; }

  /// What the log's head goes on from at the end of what the index file covers.
  [[nodiscard]] bytes_view head_state() const noexcept { return mapped_ ? mapped_->head_state() : bytes_view{}; }

  // ---- frames
  // ----------------------------------------------------------------------------------------------------------------

  /// The event at a place that this segment gave. Throws `errc::corrupt` where it isn't what it was.
  [[nodiscard]] frame_view frame_at(std::uint32_t place) const {
    if (checked_) require_sound(place);
    return sound_frame_at(place);
  }
  /// The same, where `require_sound` said that it is.
  [[nodiscard]] frame_view sound_frame_at(std::uint32_t place) const noexcept {
    return {bytes_.base + std::size_t{place} * frame_alignment, identity_.chained};
  }
  void require_sound(const std::uint32_t* places, std::size_t count) const {
    if (!checked_) return;
    for (std::size_t index = 0; index < count; ++index) require_sound(places[index]);
  }
  /// Throws `errc::corrupt` where the file is shorter than it was: what is behind its end mustn't be touched.
  void require_whole() const;

  // ---- where events are
  // --------------------------------------------------------------------------------------------------------

  [[nodiscard]] event_run all() const;
  [[nodiscard]] entity_run entity(std::string_view name) const;
  [[nodiscard]] event_run scope(std::string_view name) const;
  [[nodiscard]] event_run kind(event_kind wanted) const;
  /// The frames that stand for dropped events.
  [[nodiscard]] event_run holes() const;
  /// A frame that `holes()` or `key` gave: where events were dropped, it stands for them. Throws `errc::corrupt`.
  [[nodiscard]] frame_view hole_or_event_at(std::uint32_t place) const;
  /// The kinds that the segment has.
  [[nodiscard]] std::vector<event_kind> kinds() const;
  /// The event with an idempotency key, or the hole that it was dropped into.
  [[nodiscard]] std::optional<std::uint32_t> key(const event_id& wanted) const;
  /// The events whose cause is the one with this id.
  [[nodiscard]] event_run effects(const event_id& cause) const;
  /// The events of the conversation that this id names, but for the event that began it.
  [[nodiscard]] event_run conversation(const event_id& begin) const;
  /// The positions in `all()` between which an event with this id is, if it is there: [first, second).
  [[nodiscard]] std::pair<std::size_t, std::size_t> positions_of(const event_id& id) const;
  /// The id of the first event, or where all were dropped one that is at least as late; nil where there is none.
  [[nodiscard]] event_id first_id() const;

  // ---- reading a run
  // -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t size_of(const event_run& run) const;
  /// Copies up to `count` places from `position` of a run on, and returns how many there were.
  [[nodiscard]] std::size_t copy_places(const event_run& run, std::size_t position, std::uint32_t* to,
                                        std::size_t count) const;
  /// How many events of a run, from its beginning on, `holds(place)` is true for; it must be for none behind one for
  /// which it isn't.
  template <class Holds>
  [[nodiscard]] std::size_t count_while(const event_run& run, Holds&& holds) const {
    return count_while(run, 0, SIZE_MAX, holds);
  }
  /// The same for the positions [first, last), all before `first` being counted.
  template <class Holds>
  [[nodiscard]] std::size_t count_while(const event_run& run, std::size_t first, std::size_t last,
                                        Holds&& holds) const {
    const auto count = [&](const std::uint32_t* places, std::size_t size) {
      const std::size_t end = std::min(last, size);
      if (first >= end) return end;
      return static_cast<std::size_t>(std::partition_point(places + first, places + end, holds) - places);
    };
    if (run.growing_ == nullptr) return count(run.fixed_.data, run.fixed_.count);
    return while_still([&] { return count(run.growing_->data(), run.growing_->size()); });
  }
  /// The place at a position; nothing where the run ends before it.
  [[nodiscard]] std::optional<std::uint32_t> place_at(const event_run& run, std::size_t position) const;
  /// Position in `all()` of the first event whose number is `wanted` or more.
  [[nodiscard]] std::size_t position_of_sequence(const event_run& all, std::uint64_t wanted) const;
  /// Position in an entity's run of its first event whose entity sequence is `wanted` or more.
  [[nodiscard]] std::size_t position_in(const entity_run& run, std::uint64_t wanted) const;

  // ---- names and schemas
  // -------------------------------------------------------------------------------------------------------

  struct text_names {
    std::string_view entity;
    std::string_view scope;
  };
  /// What a coordinate's number stands for; the number is that of an event of this segment.
  [[nodiscard]] text_names names_of(std::uint32_t coordinate) const;
  [[nodiscard]] std::size_t coordinate_count() const;

  [[nodiscard]] std::string schema_text(event_kind kind, std::uint16_t version) const override;
  /// 0 where the segment has no such schema.
  [[nodiscard]] std::uint64_t schema_fingerprint(event_kind kind, std::uint16_t version) const override;

  // ---- growing
  // -----------------------------------------------------------------------------------------------------------------

  /// Calls `write(index)` while nobody reads it. Only for a segment that grows.
  template <class Write>
  decltype(auto) change_index(Write&& write) {
    const std::lock_guard lock{mutex_};
    return write(index_);
  }
  /// Calls `read(index)`, the index in memory. Only for a segment that grows.
  template <class Read>
  decltype(auto) with_index(Read&& read) const {
    return while_still([&]() -> decltype(auto) { return read(static_cast<const segment_index&>(index_)); });
  }
  /// Fills the index in memory of a segment that grows on from where `other`, a view of the same file, ends.
  void grow_from(const segment& other);
  /// Nothing more will be added, to the index or to the file, which has `size` bytes.
  void complete(std::uint64_t size) noexcept;
  /// Bytes of a segment that is complete, or that are read.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t segment_head_size = segment_head::size;
  static constexpr std::size_t chunk_bytes =
      std::size_t{8} << 10;  // small, so that reading few events that lie far apart checks little more than them
  static constexpr std::uint32_t chunk_places = chunk_bytes / frame_alignment;

  struct state {
    static constexpr unsigned char in_memory = 0;      ///< `index_`
    static constexpr unsigned char mapped_unread = 1;  ///< `mapped_`, of which nothing was checked but its head
    static constexpr unsigned char mapped = 2;         ///< `mapped_`, whose bytes were checked
  };

  /// The mapped index, if it is to be believed; null where there is the one in memory.
  [[nodiscard]] const mapped_index* mapped_here() const;
  [[nodiscard]] const mapped_index* mapped_first_read() const;

  void require_sound(std::uint32_t place) const {
    if (!checked_[place / chunk_places].load()) check_chunk(place / chunk_places);
  }
  /// Checks the events that begin in a chunk of the file, and all frames behind them up to the first event of a later
  /// chunk; those before the first event go with it. So whoever reads all events has checked every byte.
  void check_chunk(std::uint32_t chunk) const;

  std::string path_;
  std::uint64_t first_sequence_;
  store_identity identity_;
  segment_bytes bytes_;
  std::uint64_t size_{};
  mutable std::mutex mutex_;
  mutable segment_index index_;
  mutable std::atomic<bool> complete_{false};
  mutable std::atomic<unsigned char> state_{state::in_memory};
  std::optional<mapped_index> mapped_;
  std::shared_ptr<const void> index_storage_;
  std::unique_ptr<std::atomic<bool>[]> checked_;  // the chunks whose frames were checked; null where all were before
};

using segment_list = std::vector<std::shared_ptr<segment>>;

/// A segment of the same bytes whose index is in memory and can grow, in place of one that was opened by its index
/// file.
[[nodiscard]] std::shared_ptr<segment> growing_copy(const segment& covered);

}  // namespace quipu::detail::inline QUIPU_MODE
