// SPDX-License-Identifier: BSL-1.0
//
// segment.hpp: one file of the log as readers see it: its mapped bytes, and an index of its events. The index is either
// a mapped index file, and then frames are not read before they are used; or an index in memory, made from the frames,
// whose size grows with them; or, in a segment that grows on after it was opened, the mapped one for its beginning and
// one in memory for what was added. The files of a segment may be mapped when a reader first needs them.
//
// A mapped index is trusted for the places of events only: an event's frame is checked, its checksum included, when
// this process first reads it, and with it the internal frames behind it. Where a part of an index file is found
// damaged when it is first used, an index made from the frames is used from then on.
#pragma once

#include "../../core/detail/process_mutex.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../format/hole.hpp"
#include "mapped_index.hpp"
#include "segment_index.hpp"
#include "shared_bits.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Events of a segment in the order of the log: all, or those of an entity, a scope, a kind or a tag. Refers to the
/// segment, whose members read it.
class event_run {
 public:
  event_run() = default;
  explicit event_run(place_run fixed) noexcept : fixed_{fixed} {}
  /// A run of an index that may grow; null is an empty run.
  explicit event_run(const std::vector<std::uint32_t>* growing) noexcept : growing_{growing} {}

  /// This run, and behind it one of an index that continues.
  [[nodiscard]] event_run with(const event_run& later) const noexcept {
    event_run both{fixed_};
    both.growing_ = later.growing_;
    return both;
  }

  /// Whether the run is empty for good.
  [[nodiscard]] bool is_nothing() const noexcept { return growing_ == nullptr && fixed_.size() == 0; }

 private:
  friend class segment;
  place_run fixed_{};
  const std::vector<std::uint32_t>* growing_{};  // behind `fixed_`
};

/// The events of an entity in a segment.
struct entity_run {
  event_run events{};
  std::uint64_t first_sequence{};  ///< entity sequence of the first event
  std::uint64_t
      next_sequence{};  ///< entity sequence after the last event in the segment; 0 if there is none of the entity
  [[nodiscard]] explicit operator bool() const noexcept { return next_sequence != 0; }
  /// As `event_run::with`.
  [[nodiscard]] entity_run with(const entity_run& later) const noexcept {
    if (!later) return *this;
    return {events.with(later.events), *this ? first_sequence : later.first_sequence, later.next_sequence};
  }
};

/// The mapped bytes of a segment and their owner.
struct segment_bytes {
  const std::byte* base{};
  std::shared_ptr<const void> storage{};
  /// Returns the current size of the file; null if it cannot be determined.
  std::uint64_t (*file_size)(const void* storage){};
  /// The log's generation when events were last dropped or erased in the segment, from its head; else 0.
  std::uint64_t generation{};
  /// Another process may cut the file off: the size is checked at each query, not only before a first read.
  bool is_shared{};
};

/// What a segment gets when a reader first needs it.
struct mapped_files {
  const std::byte* base{};              ///< kept by the `storage` of its `segment_bytes`
  std::optional<mapped_index> index{};  ///< nothing if there is no index file that fits: it is made from the frames
  std::shared_ptr<const void> index_storage{};
};
/// Maps the files of a segment. Throws what that throws; then it is called again later.
using segment_opener = std::function<mapped_files()>;

/// Shared by its readers: views of its events keep it and its mapping alive. Thread-safe, except that only one thread
/// at a time may change the index.
class segment final : public event_origin {
  /// The answer of the index that is used, or of both, joined by `join(mapped, in_memory)`.
  template <class Mapped, class InMemory, class Join>
  auto look(Mapped&& mapped, InMemory&& in_memory, Join&& join) const {
    if (const mapped_index* index = mapped_here()) {
      try {
        auto found = mapped(*index);
        return is_continued() ? join(std::move(found), with_index(in_memory)) : found;
      } catch (const index_damage&) {
        index_frames();
      }
    }
    return with_index(in_memory);
  }
  /// Likewise for runs and what has a member `with`.
  template <class Mapped, class InMemory>
  auto look_for_run(Mapped&& mapped, InMemory&& in_memory) const {
    return look(mapped, in_memory, [](const auto& first, const auto& later) { return first.with(later); });
  }
  /// Likewise for what the index in memory has all of.
  template <class Mapped, class InMemory>
  auto look_for_latest(Mapped&& mapped, InMemory&& in_memory) const {
    return look(mapped, in_memory, [](const auto&, auto later) { return later; });
  }
  /// Calls `read` while the index in memory does not change. A complete index never changes and is read without a lock.
  /// Throws `errc::locked` in a forked child if it would need the lock.
  template <class Read>
  decltype(auto) while_still(Read&& read) const {
    if (complete_.load()) return read();
    const std::lock_guard lock{mutex_};
    return read();
  }

 public:
  /// A segment that grows, or whose index is made from its frames before it has readers.
  segment(std::string path, std::uint64_t first_sequence, const store_identity& identity, segment_bytes bytes)
      : path_{std::move(path)}, first_sequence_{first_sequence}, identity_{identity}, bytes_{std::move(bytes)} {}

  /// A segment with an index file, read as far as that covers it. `index_storage` owns the index's bytes.
  segment(std::string path, std::uint64_t first_sequence, const store_identity& identity, segment_bytes bytes,
          mapped_index index, std::shared_ptr<const void> index_storage);

  /// A complete segment of `size` bytes whose files are mapped at the first need: `bytes` has no `base` yet. What can't
  /// be read then is reported to that reader.
  segment(std::string path, std::uint64_t first_sequence, const store_identity& identity, segment_bytes bytes,
          std::uint64_t size, segment_opener opener);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  [[nodiscard]] bool chained() const noexcept { return identity_.chained; }
  [[nodiscard]] const store_identity& identity() const noexcept { return identity_; }
  [[nodiscard]] const std::byte* base() const { return bytes().base; }
  [[nodiscard]] const segment_bytes& bytes() const {
    map_files();
    return bytes_;
  }
  [[nodiscard]] std::uint64_t generation() const noexcept { return bytes_.generation; }
  /// What the index file covers; null if the segment was opened without one.
  [[nodiscard]] const index_cover* cover() const { return has_index_file() ? &mapped_->index.cover() : nullptr; }

  /// State of the log's head at the end of what the index file covers.
  [[nodiscard]] bytes_view head_state() const { return has_index_file() ? mapped_->index.head_state() : bytes_view{}; }

  // ---- frames

  /// The event at a place of this segment. Throws `errc::corrupt` if its frame is damaged.
  [[nodiscard]] frame_view frame_at(std::uint32_t place) const {
    if (!is_known(place)) check_one(place);
    return sound_frame_at(place);
  }
  /// As `frame_at`, after `require_sound` has accepted the place.
  [[nodiscard]] frame_view sound_frame_at(std::uint32_t place) const noexcept {
    return {bytes_.base + std::size_t{place} * frame_alignment, identity_.chained};
  }
  /// Checks the events at some places. Throws `errc::corrupt` if one is damaged.
  void require_sound(const std::uint32_t* places, std::size_t count) const {
    if (unchecked_end() == 0) return;
    const std::size_t sound = count_checked(places, count);
    if (sound != count) check_many(places + sound, count - sound);
  }
  /// As above, for places that `copy_places` has copied from this position of a run. Faster where the same part of the
  /// run was read before.
  void require_sound(const event_run& run, std::size_t position, const std::uint32_t* places, std::size_t count) const {
    if (!is_checked(run, position, places, count)) require_sound(places, count);
  }
  /// Whether all of these places, which `copy_places` has copied from this position of a run, were checked before.
  [[nodiscard]] bool is_checked(const event_run& run, std::size_t position, const std::uint32_t* places,
                                std::size_t count) const;
  /// Throws `errc::corrupt` if the file has become shorter: bytes behind its end must not be touched.
  void require_whole() const;
  /// The size of the file now, which `size` may not be: bytes may have been appended. `size` if it can't be determined.
  [[nodiscard]] std::uint64_t file_size() const {
    return bytes_.file_size == nullptr ? size() : bytes_.file_size(bytes_.storage.get());
  }

  // ---- where events are

  [[nodiscard]] event_run all() const;
  [[nodiscard]] entity_run entity(const hashed_name& name) const;
  /// Lets the processor load what `entity` will read first, if that is in an index file.
  void expect_entity(const hashed_name& name) const noexcept {
    if (state_.load() == state::mapped) mapped_->index.expect_entity(name);
  }
  [[nodiscard]] event_run scope(std::string_view name) const;
  [[nodiscard]] event_run kind(event_kind wanted) const;
  [[nodiscard]] event_run tag(std::string_view text) const;
  /// The frames that stand for dropped events.
  [[nodiscard]] event_run holes() const;
  /// The frame at a place of `holes()` or `key`: an event, or the hole of dropped events. Throws `errc::corrupt`.
  [[nodiscard]] frame_view hole_or_event_at(std::uint32_t place) const;
  /// The kinds of the segment's events.
  [[nodiscard]] std::vector<event_kind> kinds() const;
  /// The place of the event with an idempotency key, or of its hole if it was dropped.
  [[nodiscard]] std::optional<std::uint32_t> key(const event_id& wanted) const;
  /// The events whose cause has this id.
  [[nodiscard]] event_run effects(const event_id& cause) const;
  /// The events whose conversation has this id, without the event that began it.
  [[nodiscard]] event_run conversation(const event_id& begin) const;
  /// The id of the first event; if all were dropped, one that is at least as late; nil if there is none.
  [[nodiscard]] event_id first_id() const;

  // ---- reading a run

  [[nodiscard]] std::size_t size_of(const event_run& run) const;
  /// Copies up to `count` places of a run, from `position` on, and returns how many were copied.
  [[nodiscard]] std::size_t copy_places(const event_run& run, std::size_t position, std::uint32_t* to,
                                        std::size_t count) const;
  /// The number of a run's events, from its beginning, for which `holds(place)` is true. `holds` must be false for all
  /// events after the first for which it is false.
  template <class Holds>
  [[nodiscard]] std::size_t count_while(const event_run& run, Holds&& holds) const {
    return count_while(run, 0, SIZE_MAX, holds);
  }
  /// As above, searching only the positions [first, last); all before `first` are counted.
  template <class Holds>
  [[nodiscard]] std::size_t count_while(const event_run& run, std::size_t first, std::size_t last,
                                        Holds&& holds) const {
    const std::size_t fixed = run.fixed_.size();
    const std::size_t fixed_end = std::min(last, fixed);
    const std::size_t found = run.fixed_.partition_point(std::min(first, fixed_end), fixed_end, holds);
    if (run.growing_ == nullptr || found < fixed || last <= fixed) return found;
    return while_still([&] {
      const std::uint32_t* const places = run.growing_->data();
      const std::size_t end = std::min(last - fixed, run.growing_->size());
      const std::size_t begin = std::min(std::max(first, fixed) - fixed, end);
      const auto* const end_of_those = std::partition_point(places + begin, places + end, holds);
      return fixed + static_cast<std::size_t>(end_of_those - places);
    });
  }
  /// The place at a position; nothing if the run is shorter.
  [[nodiscard]] std::optional<std::uint32_t> place_at(const event_run& run, std::size_t position) const;
  /// Position in `all()` of the first event whose sequence is `wanted` or greater.
  [[nodiscard]] std::size_t position_of_sequence(const event_run& all, std::uint64_t wanted) const;
  /// Position in `all()` of the first event whose id is `wanted` or greater, if that or the one before it is in this
  /// segment.
  [[nodiscard]] std::size_t position_of_id(const event_run& all, const event_id& wanted) const;
  /// Position in an entity's run of its first event whose entity sequence is `wanted` or greater.
  [[nodiscard]] std::size_t position_in(const entity_run& run, std::uint64_t wanted) const;

  // ---- names and schemas

  /// The names of a coordinate, by its number in this segment.
  [[nodiscard]] QUIPU_DECL event_names names_of(std::uint32_t coordinate) const override;
  [[nodiscard]] std::size_t coordinate_count() const;

  [[nodiscard]] QUIPU_DECL std::string schema_text(event_kind kind, std::uint16_t version) const override;
  /// 0 if the segment has no such schema.
  [[nodiscard]] QUIPU_DECL std::uint64_t schema_fingerprint(event_kind kind, std::uint16_t version) const override;
  [[nodiscard]] QUIPU_DECL std::vector<std::string> type_names(event_kind kind, std::uint16_t version) const override;

  // ---- growing

  /// Calls `write(index)` while no thread reads the index. Only for a segment that grows.
  template <class Write>
  decltype(auto) change_index(Write&& write) {
    const std::lock_guard lock{mutex_};
    return write(index_);
  }
  /// The index in memory of a segment that no other thread has yet.
  [[nodiscard]] segment_index& own_index() noexcept { return index_; }
  /// Calls `read(index)` with the index in memory, which may continue a mapped one.
  template <class Read>
  decltype(auto) with_index(Read&& read) const {
    return while_still([&]() -> decltype(auto) { return read(static_cast<const segment_index&>(index_)); });
  }
  /// Calls `read(index)` with an index of all that a segment has that grew or grows. Throws `errc::corrupt`.
  template <class Read>
  decltype(auto) with_whole_index(Read&& read) const {
    if (!is_continued()) return with_index(read);
    const segment_index whole = whole_index();
    return read(whole);
  }
  /// Makes this segment, a view of the same file, continue where `other` ends.
  void grow_from(const segment& other);
  /// Nothing more will be added to the index or to the file, which has `size` bytes.
  void complete(std::uint64_t size) noexcept;
  /// The size of a complete segment, or of the part that is read.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_.load(); }

 private:
  static constexpr std::size_t segment_head_size = segment_head::size;
  static constexpr std::uint32_t near_places = (std::uint32_t{8} << 10) / frame_alignment;

  /// A mapped index, and what was checked of the events that it covers.
  struct mapped_part {
    mapped_part(mapped_index of, std::shared_ptr<const void> owner);
    mapped_index index;
    std::shared_ptr<const void> storage;
    shared_bits checked;  ///< places of events
    /// Blocks of the index's lists whose events are known to be checked: what is read again is found together here,
    /// while the places of an entity's events may be all over the segment. A block's number is its offset in the part
    /// of the lists, divided by the size of the smallest.
    shared_bits checked_blocks;
  };
  void take_part(std::shared_ptr<mapped_part> part) const;

  struct state {
    static constexpr unsigned char in_memory = 0;      ///< `index_`
    static constexpr unsigned char mapped_unread = 1;  ///< `mapped_`, if there is one; nothing was looked up yet
    static constexpr unsigned char mapped = 2;         ///< `mapped_`
    static constexpr unsigned char unopened = 3;       ///< no files are mapped yet
    static constexpr unsigned char continued = 4;      ///< `mapped_`, and behind it `index_`
  };

  void map_files() const {
    if (state_.load() == state::unopened) map_files_now();
  }
  void map_files_now() const;
  void map_files_in_lock() const;
  [[nodiscard]] bool has_index_file() const {
    map_files();
    return mapped_ != nullptr && !is_continued();
  }

  /// Positions [first, second] in `all()`: the first event whose id is this one or a greater one has one of them, if
  /// the segment has the event with this id.
  [[nodiscard]] std::pair<std::size_t, std::size_t> positions_of(const event_id& id) const;
  /// Most events are so near to the position that their time says.
  static constexpr std::size_t near_guess = 4;
  /// Fetches the ids at the positions [first, last), which are compared next, from memory at the same time. Reads
  /// nothing.
  void prefetch_ids(const place_run& order, std::size_t first, std::size_t last) const noexcept;

  [[nodiscard]] bool is_continued() const noexcept { return state_.load() == state::continued; }
  [[nodiscard]] segment_index whole_index() const;
  /// The mapped index if it is used; null if only the one in memory is.
  [[nodiscard]] const mapped_index* mapped_here() const;
  [[nodiscard]] const mapped_index* mapped_first_read() const;
  /// Makes the index in memory from the frames, to be used in place of the mapped one. Throws `errc::corrupt`.
  void index_frames() const;
  void index_frames_in_lock() const;

  /// How many of the places were checked before the first that was not.
  [[nodiscard]] std::size_t count_checked(const std::uint32_t* places, std::size_t count) const noexcept {
    std::size_t checked = 0;
    while (checked != count && is_known(places[checked])) ++checked;
    return checked;
  }
  /// The events at places before this one are checked when they are read. 0 until the files are mapped, which `state_`
  /// tells.
  [[nodiscard]] std::uint32_t unchecked_end() const noexcept { return unchecked_end_.load(std::memory_order_relaxed); }
  /// Whether the event at a place was checked.
  [[nodiscard]] bool is_known(std::uint32_t place) const noexcept {
    return place >= unchecked_end() || mapped_->checked.has(place);
  }
  /// Whether the events of a block of a run, which has this position, were all checked.
  [[nodiscard]] bool is_block_checked(const place_run& run, std::size_t position) const {
    const std::size_t number = mapped_->index.offset_of(run, position) / packed_places::block_head_size;
    return mapped_->checked_blocks.has(number) || mark_block(run, position, number);
  }
  /// Looks at the events of such a block, and marks it if they were all checked.
  [[nodiscard]] bool mark_block(const place_run& run, std::size_t position, std::size_t number) const;
  void check_one(std::uint32_t place) const;
  void check_many(const std::uint32_t* places, std::size_t count) const;
  /// Checks an event, and the internal frames behind it up to the next event; with the first event also those before
  /// it. So reading all events checks every byte. The file must be whole. Throws `errc::corrupt`, `index_damage`.
  void check_event(const mapped_index& index, std::uint32_t place) const;
  /// As `check_event`, with the index that is used; nothing else is thrown than `errc::corrupt`.
  void check_place(std::uint32_t place) const;
  /// Checks that only internal frames lie in a part of the file. `sequence` is the number of the event before, and one
  /// more; holes may have taken further numbers.
  void check_internal(const mapped_index& index, std::size_t begin, std::size_t end, std::uint64_t sequence) const;
  /// The position in `order()` of the event whose frame, with this sequence, lies at a place. Throws `errc::corrupt` if
  /// it isn't the one that belongs there.
  [[nodiscard]] std::size_t position_of(const mapped_index& index, std::uint32_t place, std::uint64_t sequence) const;

  std::string path_;
  std::uint64_t first_sequence_;
  store_identity identity_;
  mutable segment_bytes bytes_;
  mutable segment_opener opener_;       // what it sets does not change after `state_` has
  std::atomic<std::uint64_t> size_{0};  // read without a lock, also while `complete` sets it
  mutable process_mutex mutex_;
  mutable segment_index index_;
  mutable std::atomic<bool> complete_{false};
  mutable std::atomic<unsigned char> state_{state::in_memory};
  mutable std::shared_ptr<mapped_part> mapped_;
  mutable std::atomic<std::uint32_t> unchecked_end_{0};  // read without a lock, also while the files are mapped
  mutable std::atomic<std::uint32_t> near_{UINT32_MAX};  // place / near_places at which the file was last found whole
};

/// A segment with the same bytes as one that was opened by its index file, which can grow.
[[nodiscard]] std::shared_ptr<segment> growing_copy(const segment& covered);

}  // namespace quipu::detail::inline QUIPU_MODE
