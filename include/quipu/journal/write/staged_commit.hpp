// SPDX-License-Identifier: BSL-1.0
//
// staged_commit.hpp: the events of a visibility fence: one commit that is collected while other writers are held up. Numbers and ids are given
// when an event is staged, and are final because nobody else gets any; the events are kept in memory until the fence commits, and then
// appended as a batch is.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/flat_map.hpp"
#include "../../event/event_id.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "../segment/segment_index.hpp"
#include "entity_table.hpp"
#include "placement.hpp"
#include "schema_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Not thread-safe.
class staged_commit {
  using append_entry = detail::append_entry;

 public:
  /// Of the fence, as the fence gate counts them; and of the first event that will be staged.
  staged_commit() noexcept = default;
  staged_commit(std::uint64_t fence, std::uint64_t first_sequence) noexcept : fence_{fence}, first_sequence_{first_sequence} {}

  [[nodiscard]] std::uint64_t fence() const noexcept { return fence_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  /// What will be appended. They refer to this.
  [[nodiscard]] std::span<const append_entry> entries() const noexcept { return entries_; }
  /// The receipt of each entry that was handed in, in that order, repeated ones included.
  [[nodiscard]] const std::vector<receipt>& answers() const noexcept { return answers_; }
  [[nodiscard]] const event_id& id(std::size_t index) const noexcept { return staged_[index].id; }

  /// Whether an event of this id is staged.
  [[nodiscard]] bool has(const event_id& id) const noexcept { return ids_.contains(id); }

  /// Throws `errc::payload_too_large` where these would be too many for one commit.
  void check_room(const placement& more, const config& options) const {
    std::uint64_t payloads = payload_bytes_;
    for (std::size_t index = 0; index < more.size(); ++index) payloads += more.entry(index).payload.size();
    const std::size_t count = entries_.size() + more.size();
    if (count > 1 && count > options.batch.max_size)
      throw error{errc::payload_too_large, "a visibility fence has more events than config.batch.max_size",
                  {.expected = options.batch.max_size, .actual = count}};
    if (count > 1 && payloads > options.batch.max_bytes)
      throw error{errc::payload_too_large, "the payloads of a visibility fence are over config.batch.max_bytes",
                  {.expected = options.batch.max_bytes, .actual = payloads}};
    if (most_bytes_ + more.most_bytes() > placement::most_commit_bytes(options))
      throw error{errc::payload_too_large, "a visibility fence with its coordinates and schemas is too large",
                  {.expected = placement::most_commit_bytes(options), .actual = most_bytes_ + more.most_bytes()}};
  }

  /// Stages the entries of `placing`, all or none; `receipts` has those of the entries that aren't new. `make_id()` gives ascending ids. Throws as
  /// an append does.
  template <class MakeId>
  void stage(const placement& placing, std::span<receipt> receipts, entity_table& entities, schema_ledger& schemas,
             MakeId&& make_id) {
    const std::size_t before = entries_.size();
    const std::size_t answers_before = answers_.size();
    try {
      items_.resize(placing.size());
      for (std::size_t index = 0; index < placing.size(); ++index) {
        items_[index] = no_item;
        if (placing.is_new(index)) stage_one(placing.entry(index), index, receipts[index], entities, schemas, make_id);
        answers_.push_back(receipts[index]);
      }
      most_bytes_ += placing.most_bytes();
    } catch (...) {
      answers_.resize(answers_before);
      take_back(before);
      throw;
    }
  }

 private:
  static constexpr std::size_t no_item = static_cast<std::size_t>(-1);

  template <class MakeId>
  void stage_one(const append_entry& wanted, std::size_t index, receipt& given, entity_table& entities,
                 schema_ledger& schemas, MakeId& make_id) {
    if (wanted.options.idempotency_key) {
      if (const std::size_t* first = keys_.find(*wanted.options.idempotency_key)) {
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
    if (wanted.cause_item) {
      // The cause may be staged, or be in the log already: then by its id.
      const std::size_t cause = items_[*wanted.cause_item];
      entry.cause_item = cause == no_item ? std::nullopt : std::optional{cause};
      if (cause == no_item) entry.options.causation_id = answers_[answers_.size() - index + *wanted.cause_item].id;
    } else if (wanted.options.causation_id) {
      if (const std::size_t* cause = ids_.find(*wanted.options.causation_id)) {
        entry.cause_item = *cause;
        entry.options.causation_id.reset();
      }
    }
    keep_bytes(entry);

    const entity_end* known = entities.find(wanted.entity);
    const std::size_t number = entries_.size();
    given = {make_id(), first_sequence_ + number, (known == nullptr ? 0 : known->next_sequence) + earlier_count, {}, false};
    entries_.push_back(entry);
    staged_.push_back(given);
    ids_.insert(given.id, number);
    note(number);
    payload_bytes_ += entry.payload.size();
    items_[index] = number;
  }

  /// The entry refers to the caller's bytes; from here on, to ours.
  void keep_bytes(append_entry& entry) {
    const std::size_t size = entry.entity.size() + entry.scope.size() + entry.payload.size() + entry.bypass_reason.size();
    kept_.push_back(std::unique_ptr<std::byte[]>{new std::byte[size]});
    std::byte* at = kept_.back().get();
    const auto copy = [&at](const void* from, std::size_t count) {
      if (count != 0) std::memcpy(at, from, count);
      return std::exchange(at, at + count);
    };
    const auto copy_text = [&copy](std::string_view text) { return std::string_view{reinterpret_cast<const char*>(copy(text.data(), text.size())), text.size()}; };
    entry.entity = copy_text(entry.entity);
    entry.scope = copy_text(entry.scope);
    entry.bypass_reason = copy_text(entry.bypass_reason);
    entry.payload = bytes_view{copy(entry.payload.data(), entry.payload.size()), entry.payload.size()};
    entry.options.bypass_reason.clear();
  }

  void check_shape(const append_entry& wanted, schema_ledger& schemas) const {
    if (wanted.version == 0) return;
    const std::size_t* first = shapes_.find(segment_index::schema_key(wanted.kind, wanted.version));
    if (first == nullptr) schemas.check(wanted.kind, wanted.version, wanted.schema_hash, wanted.schema);
    else if (entries_[*first].schema_hash != wanted.schema_hash) throw_schema_drift(wanted.kind, wanted.version, entries_[*first].schema, wanted.schema);
  }

  /// Makes a staged entry known to those that come after it.
  void note(std::size_t number) {
    const append_entry& entry = entries_[number];
    ++counts_.insert(entry.entity, 0);
    if (entry.options.idempotency_key) keys_.insert(*entry.options.idempotency_key, number);
    if (entry.version != 0) shapes_.insert(segment_index::schema_key(entry.kind, entry.version), number);
  }

  /// Forgets the entries from `count` on. Tables only grow, so they are made anew, in memory that they have.
  void take_back(std::size_t count) noexcept {
    if (staged_.size() > count) staged_.resize(count);
    if (entries_.size() > count) entries_.resize(count);
    ids_.clear();
    counts_.clear();
    keys_.clear();
    shapes_.clear();
    payload_bytes_ = 0;
    for (std::size_t number = 0; number < count; ++number) {
      ids_.insert(staged_[number].id, number);
      note(number);
      payload_bytes_ += entries_[number].payload.size();
    }
    while (kept_.size() > count) kept_.pop_back();
  }

  std::uint64_t fence_{};
  std::uint64_t first_sequence_{};
  std::vector<append_entry> entries_;
  std::vector<receipt> staged_;                           // of each entry
  std::vector<std::unique_ptr<std::byte[]>> kept_;  // what each entry refers to
  std::vector<receipt> answers_;
  std::vector<std::size_t> items_;  // which entry each one that is being handed in became
  std::uint64_t payload_bytes_{};
  std::uint64_t most_bytes_{};  // of frames, repeated ones included
  flat_map<event_id, std::size_t, event_id_hash> ids_;
  flat_map<event_id, std::size_t, event_id_hash> keys_;
  flat_map<std::string_view, std::uint64_t, text_hash> counts_;
  flat_map<std::uint32_t, std::size_t, number_hash> shapes_;
};

}  // namespace quipu::detail
