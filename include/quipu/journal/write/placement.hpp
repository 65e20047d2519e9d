// SPDX-License-Identifier: BSL-1.0
//
// placement.hpp: places one commit in the log. All checks come first, before anything has a place. Then each entry
// becomes a frame in the tail buffer, after the definitions that its segment lacks.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../event/event_tags.hpp"
#include "../../event/frame.hpp"
#include "../../event/metadata.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../conflict_error.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../read/log_snapshot.hpp"
#include "../reports.hpp"
#include "../segment/segment.hpp"
#include "append_entry.hpp"
#include "commit_size.hpp"
#include "entity_table.hpp"
#include "replica_commit.hpp"
#include "schema_ledger.hpp"
#include "tail_buffer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct nothing {};
using key_set = flat_map<event_id, nothing, event_id_hash>;

/// The position of the log's end, where the next frames go. The references are advanced by each frame.
struct frame_writer {
  tail_buffer& tail;
  bytes& definition;  ///< room to encode a definition in, with the capacity that the placement asked for
  bool chained;
  std::uint64_t segment;  ///< identifies the active segment in slots of coordinates and schemas
  std::uint64_t& next_sequence;
  std::uint32_t& next_coordinate;
  std::uint64_t& entity_count;
};

/// Whether the log must have an event's cause when it is looked up.
enum class missing_cause : std::uint8_t { refuse, keep };

/// Refers to the entries and the options, which the caller keeps. Not thread-safe.
class placement {
 public:
  /// Throws `errc::payload_too_large`, and `errc::invalid_argument` for options that make no sense. `replica` is null
  /// for a commit that comes from no shared log.
  placement(std::span<const append_entry> entries, const config& options, bool chained,
            const replica_commit* replica = nullptr);
  placement(const placement&) = delete;
  placement& operator=(const placement&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const append_entry& entry(std::size_t index) const noexcept { return entries_[index]; }
  /// Whether an entry will be written. The others repeat idempotency keys.
  [[nodiscard]] bool is_new(std::size_t index) const noexcept { return items_[index].fresh; }
  /// What `resolve_causes` found: the entry's conversation, nil if that is its own id or not known yet, and the
  /// metadata, encoded, with those of its cause.
  [[nodiscard]] const event_id& correlation(std::size_t index) const noexcept { return items_[index].correlation; }
  [[nodiscard]] bytes_view metadata(std::size_t index) const noexcept { return bytes_view{items_[index].metadata}; }
  [[nodiscard]] std::size_t new_count() const noexcept { return fresh_count_; }
  [[nodiscard]] const replica_commit* replica() const noexcept { return replica_; }
  [[nodiscard]] bool has_keys() const noexcept { return has_keys_; }
  [[nodiscard]] bool has_conditions() const noexcept { return has_conditions_; }
  [[nodiscard]] const commit_size& total() const noexcept { return total_; }
  /// The most bytes that one definition of a coordinate or schema can take. Known after `prepare`.
  [[nodiscard]] std::size_t definition_bytes() const noexcept { return definition_bytes_; }
  /// The most bytes of frames that this commit can take.
  [[nodiscard]] std::uint64_t most_bytes() const noexcept { return total_.frame_bytes; }

  [[noreturn]] static void throw_no_cause(const event_id& id);

  /// Checks an entry's expectation of its stream; `earlier_in_batch` events of this commit precede it there. Throws
  /// `errc::conflict`.
  static void check_expected(const append_entry& entry, entity_table& entities, std::uint64_t earlier_in_batch);

  /// Two entries of one commit with the same idempotency key must be equal. Throws `errc::idempotency_mismatch`.
  static void check_same(const append_entry& entry, const append_entry& earlier);

  /// Looks up the causes in the log and takes over their correlation ids, and their metadata where that is asked for.
  /// Throws `errc::not_found`, and `errc::payload_too_large` if the metadata becomes too large. With
  /// `missing_cause::keep`, a cause that isn't found stays what it is, and nothing is taken over from it.
  template <class FindId>
  void resolve_causes(FindId&& find, missing_cause rule = missing_cause::refuse) {
    for (std::size_t index = 0; index < size(); ++index) {
      const append_options& options = *entries_[index].options;
      if (options.causation_id) {
        const auto cause = find(*options.causation_id);
        if (!cause && rule == missing_cause::refuse) throw_no_cause(*options.causation_id);
        const event_id its_own = cause ? cause.frame.header().correlation_id : event_id{};
        items_[index].correlation = options.correlation_id.value_or(its_own);
        if (cause && options.copy_metadata) copy_metadata(index, cause.view().metadata());
      } else if (options.correlation_id) {
        items_[index].correlation = *options.correlation_id;
      }
      if (const auto cause = entries_[index].cause_item; cause && options.copy_metadata)
        copy_metadata(index, metadata_view{bytes_view{items_[*cause].metadata}});
    }
  }

  /// Looks up the entries' idempotency keys in the log, and calls `repeat` for those that it finds. Throws
  /// `errc::idempotency_mismatch`.
  void repeat_known(const log_snapshot& seen, std::span<receipt> receipts);

  /// Gives an entry the receipt of the event that has its idempotency key. Throws `errc::idempotency_mismatch` if the
  /// entry differs from the event.
  void repeat(std::size_t index, const typename log_snapshot::found_frame& first, receipt& given);

  /// Looks for events of a snapshot that a condition excludes, from where the last look ended. Throws `errc::conflict`.
  void check_conditions(const log_snapshot& seen);
  /// Of the events that have their place and are not visible, no condition excludes one before this sequence. The
  /// largest number if it is known that none is excluded: a condition on one entity needs to look at the end of its
  /// stream only.
  [[nodiscard]] std::uint64_t first_unexpected(const entity_table& entities) const noexcept;
  /// Whether a condition excludes an event that has its place.
  [[nodiscard]] bool excludes(const coordinate_slot& where, const frame_view& frame) const noexcept;

  /// Checks expectations and schemas, and finds what `write` needs. Throws `errc::conflict`,
  /// `errc::schema_drift`, `errc::idempotency_mismatch`, without visible changes.
  void prepare(entity_table& entities, schema_ledger& schemas);

  /// Writes the frames and fills in the receipts. The buffers must have room. `make_id()` returns ascending ids.
  template <class MakeId>
  void write(frame_writer to, std::span<receipt> receipts, MakeId&& make_id) noexcept {
    std::byte* last = nullptr;
    for (std::size_t index = 0; index < size(); ++index) {
      item& each = items_[index];
      if (each.same_as) {
        each.id = items_[*each.same_as].id;
        each.correlation = items_[*each.same_as].correlation;
        receipts[index] = receipts[*each.same_as];
      }
      if (!each.fresh) continue;
      const append_entry& entry = entries_[index];
      coordinate_slot& slot = *each.slot;
      if (slot.segment != to.segment) {
        slot.segment = to.segment;
        slot.number = to.next_coordinate++;
        to.definition.clear();
        coordinate_definition{entry.entity, entry.scope}.put(to.definition);
        write_definition(to, event_kind::data, slot.number, 0);
      }
      if (each.schema != nullptr && !each.schema->was_last(to.segment, entry)) {
        if (const auto name = each.schema->define_in(to.segment, entry)) {
          to.definition.clear();
          const std::size_t extension_size =
              schema_definition{entry.kind, entry.version, entry.schema, *name}.put(to.definition);
          write_definition(to, event_kind::system_schema, 0, extension_size);
        }
      }
      last = write_event(to, index, receipts[index], make_id());
    }
    if (last != nullptr)
      frame_layout::flags.store(last, static_cast<std::uint16_t>(frame_layout::flags.load(last) & ~frame_flags::more));
  }

 private:
  /// As `repeat`, for an event that was dropped since. Its correlation id is unknown; its own id takes the place.
  void repeat_dropped(std::size_t index, const typename log_snapshot::found_frame& first, receipt& given);
  /// Whether an entry is what was appended before, of which only the digest was kept.
  [[nodiscard]] static bool has_content(const append_entry& entry, const content_digest& kept,
                                        const store_identity& identity);

  struct item {
    coordinate_slot* slot{};
    schema_slot* schema{};
    event_id id{};
    bytes metadata{};                      ///< encoded; empty: none
    event_id correlation{};                ///< nil: the event's own id
    std::optional<std::size_t> same_as{};  ///< an earlier entry with the same idempotency key
    bytes tags{};                          ///< content of the extension; empty without tags
    std::size_t extension_size{};          ///< the most bytes that the extensions can take
    bool fresh{true};
  };
  static constexpr std::size_t bypass_limit = 1024;
  static constexpr std::size_t id_extension_size = extension_layout::head_size + sizeof(event_id);
  static constexpr std::size_t lane_extension_size = extension_layout::head_size + lane_layout::total_size;
  static constexpr std::size_t given_time_size = extension_layout::head_size + sizeof(std::int64_t);
  static constexpr std::size_t shared_place_size = extension_layout::head_size + shared_place_layout::total_size;
  static constexpr std::size_t extension_limit = 3 * id_extension_size + lane_extension_size + given_time_size +
                                                 shared_place_size + 3 * extension_layout::head_size + bypass_limit +
                                                 metadata_bytes_limit + encoded_tags_limit;
  using extension_room = std::array<std::byte, extension_limit>;

  [[nodiscard]] static bool has_no_options(const append_entry& entry) noexcept {
    return entry.options == &no_options && !entry.cause_item;
  }

  void check_sizes();
  /// Checks an entry's options, encodes what they say about the event, and records what has to be looked up.
  void check_options(std::size_t index);
  /// Throws `errc::payload_too_large`.
  void check_total() const;

  /// Whether the entry needs an extension for its lane: the root has none.
  [[nodiscard]] static bool has_lane(const append_entry& entry) noexcept;

  /// The most bytes that the extensions of an entry can take; without copied metadata until its cause is resolved.
  [[nodiscard]] std::size_t most_extension_bytes(std::size_t index) const noexcept;

  /// The most bytes that an entry's frame can take.
  [[nodiscard]] std::size_t event_size(std::size_t index) const noexcept;

  /// Adds the cause's metadata to an entry's own.
  void copy_metadata(std::size_t index, metadata_view of_cause);

  [[noreturn]] void throw_mismatch(std::size_t index, std::uint64_t sequence) const;

  /// A clause for the message of a conflict.
  [[nodiscard]] static std::string expectation_of(const expected_version& expected);

  [[noreturn]] static void throw_conflict(const append_entry& entry, std::uint64_t count);
  [[noreturn]] static void throw_conflict(const append_condition& broken, const event_view& by);

  /// The checks of `prepare` for a batch, before any of its entries changes anything.
  void check_batch(entity_table& entities, schema_ledger& schemas);

  /// `to.definition` has the payload and the extensions.
  void write_definition(frame_writer& to, event_kind kind, std::uint32_t coordinate,
                        std::size_t extension_size) noexcept;

  /// Returns the extensions of an entry's event, which has its id.
  [[nodiscard]] bytes_view put_extensions(std::size_t index, extension_room& extensions) noexcept;
  [[nodiscard]] std::byte* write_event(frame_writer& to, std::size_t index, receipt& given,
                                       const event_id& id) noexcept;

  std::span<const append_entry> entries_;
  const config& options_;
  const replica_commit* replica_;
  bool chained_;
  bool has_keys_{};
  bool has_expectations_{};
  bool has_conditions_{};
  std::uint64_t conditions_hold_until_{};  ///< as of the last look: for events before this sequence
  item one_{};
  std::vector<item> many_;
  item* items_{&one_};
  std::size_t fresh_count_{};
  std::size_t last_fresh_{};  ///< the last entry that will be written
  commit_size total_{};
  std::size_t definition_bytes_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
