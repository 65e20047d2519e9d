// SPDX-License-Identifier: BSL-1.0
//
// staged_commit.hpp: the events of a visibility fence: one commit that is collected while other writers wait. An event
// gets its sequences and its id when it is staged; they are final, because no other writer gets any meanwhile. The
// events stay in memory until the fence commits; then they are appended like a batch.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/flat_map.hpp"
#include "../../event/event_id.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "../segment/segment_index.hpp"
#include "append_entry.hpp"
#include "commit_size.hpp"
#include "entity_table.hpp"
#include "placement.hpp"
#include "schema_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe.
class staged_commit {
  using append_entry = detail::append_entry;

 public:
  /// `fence` is the number that the fence gate gave; `first_sequence` is that of the first event that will be staged.
  staged_commit() noexcept = default;
  staged_commit(std::uint64_t fence, std::uint64_t first_sequence) noexcept
      : fence_{fence}, first_sequence_{first_sequence} {}

  [[nodiscard]] std::uint64_t fence() const noexcept { return fence_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  /// The entries to append. They refer to bytes of this object.
  [[nodiscard]] std::span<const append_entry> entries() const noexcept { return entries_; }
  /// The receipts of all entries that were passed to `stage`, in that order; those that repeat a key included.
  [[nodiscard]] const std::vector<receipt>& answers() const noexcept { return answers_; }
  [[nodiscard]] const event_id& id(std::size_t index) const noexcept { return staged_[index].id; }

  /// Whether an event with this id is staged.
  [[nodiscard]] bool has(const event_id& id) const noexcept { return ids_.contains(id); }

  /// The entries, those that copy the metadata of a staged event with that metadata as their own. They refer to bytes
  /// of this object until the next call.
  [[nodiscard]] std::span<const append_entry> with_staged_metadata(std::span<const append_entry> entries);

  /// Throws `errc::payload_too_large` if the commit would exceed a limit with these entries.
  void check_room(const placement& more, const config& options) const;

  /// Stages the entries of `placing`, all or none. The causes that are in the log must be resolved: what an event takes
  /// over from its cause is decided here, because a compaction may drop the cause before the commit. `receipts` has the
  /// receipts of the entries that aren't new; the others are filled in. `make_id()` returns ascending ids. Throws as an
  /// append does.
  template <class MakeId>
  void stage(const placement& placing, std::span<receipt> receipts, entity_table& entities, schema_ledger& schemas,
             MakeId&& make_id) {
    const std::size_t before = entries_.size();
    const std::size_t answers_before = answers_.size();
    try {
      items_.resize(placing.size());
      for (std::size_t index = 0; index < placing.size(); ++index) {
        items_[index].reset();
        if (placing.is_new(index)) stage_one(placing, index, receipts[index], entities, schemas, make_id);
        answers_.push_back(receipts[index]);
      }
      frame_bytes_ += placing.most_bytes();
    } catch (...) {
      answers_.resize(answers_before);
      take_back(before);
      throw;
    }
  }

 private:
  template <class MakeId>
  void stage_one(const placement& placing, std::size_t index, receipt& given, entity_table& entities,
                 schema_ledger& schemas, MakeId& make_id) {
    const append_entry& wanted = placing.entry(index);
    if (wanted.options->idempotency_key) {
      if (const std::size_t* first = keys_.find(*wanted.options->idempotency_key)) {
        placement::check_same(wanted, entries_[*first]);
        given = staged_[*first];
        items_[index] = *first;
        return;
      }
    }
    const std::uint64_t* earlier = counts_.find(wanted.entity);
    const std::uint64_t earlier_count = earlier == nullptr ? 0 : *earlier;
    placement::check_expected(wanted, entities, earlier_count);
    check_shape(wanted, schemas);

    append_entry entry = wanted;
    keep(entry, resolved_options(placing, index, entry));

    const entity_end* known = entities.find(wanted.entity);
    const std::size_t number = entries_.size();
    const std::uint64_t entity_sequence = (known == nullptr ? 0 : known->next_sequence) + earlier_count;
    given = {make_id(), first_sequence_ + number, entity_sequence, {}, false};
    entries_.push_back(entry);
    staged_.push_back(given);
    ids_.insert(given.id, number);
    index_entry(number);
    payload_bytes_ += entry.payload.size();
    items_[index] = number;
  }

  /// The options of an entry that is being staged, with what it takes over from its cause. An entry whose cause is
  /// staged gets that as its `cause_item`; another one's cause needs to be looked up no more.
  [[nodiscard]] append_options resolved_options(const placement& placing, std::size_t index, append_entry& entry) const;

  /// Copies the bytes that the entry refers to, and makes it refer to the copy and to these options.
  void keep(append_entry& entry, append_options options);

  void check_shape(const append_entry& wanted, schema_ledger& schemas) const;

  /// Adds a staged entry to the tables, where later entries find it.
  void index_entry(std::size_t number);

  /// Removes the entries from `count` on. The tables can't remove, so they are filled again; that allocates nothing.
  void take_back(std::size_t count) noexcept;

  /// What an entry refers to.
  struct kept_entry {
    bytes content;
    append_options options;
  };

  std::uint64_t fence_{};
  std::uint64_t first_sequence_{};
  std::vector<append_entry> entries_;
  std::vector<receipt> staged_;  // the receipt of each entry
  std::vector<std::unique_ptr<kept_entry>> kept_;
  std::vector<receipt> answers_;
  std::vector<append_entry> given_;  // what `with_staged_metadata` returned last
  std::deque<append_options> given_options_;
  std::vector<std::optional<std::size_t>> items_;  // for each entry of the current `stage`: its number in entries_
  std::uint64_t payload_bytes_{};
  std::uint64_t frame_bytes_{};  // at most; with the entries that repeat a key
  flat_map<event_id, std::size_t, event_id_hash> ids_;
  flat_map<event_id, std::size_t, event_id_hash> keys_;
  flat_map<std::string_view, std::uint64_t, text_hash> counts_;
  flat_map<std::uint32_t, std::size_t, number_hash> shapes_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
