// SPDX-License-Identifier: BSL-1.0
//
// store.hpp: START HERE. An event store: a log of events in a directory, and states that are folded from them.
//
//   quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
//   store.append({"account:alice", "branch:zurich"}, deposited{500});
//   store.project<account>("account:alice")->cents;
//
// An append returns when its event is on stable storage, unless it is told otherwise. Everything may be called from several threads at
// once, but for construction, moving and destruction. One store writes to a directory at a time.
//
// What can fail throws `quipu::error`. Where failing is a part of normal life there is a twin that doesn't: `try_append` and so on return it as
// an `outcome`. What isn't a `quipu::error` (an exception of the program's own `apply` or clock, no memory) goes through, and a coordinate
// that can't be made throws before the call. After `close()`, and in a store that was moved from, appending, reading and projecting are `errc::closed`; ranges and views
// that were given out go on.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/coordinate.hpp"
#include "../coordinate/region.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/named_cursor.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix.hpp"
#include "../journal/append_options.hpp"
#include "../journal/conflict_error.hpp"
#include "../journal/maintain/compaction.hpp"
#include "../journal/maintain/journal_compaction.hpp"
#include "../journal/read/event_range.hpp"
#include "../journal/write/journal.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "config.hpp"
#include "delivering.hpp"
#include "detail/encoded_event.hpp"
#include "detail/execute.hpp"
#include "detail/store_core.hpp"
#include "detail/write_through.hpp"
#include "execute_options.hpp"
#include "reading.hpp"
#include "receipts.hpp"
#include "submitting.hpp"
#include "working.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

template <projection_cache Cache = no_cache, environment Environment = posix>
class store : public reading<store<Cache, Environment>, Cache>, public delivering<store<Cache, Environment>, Cache>,
              public submitting<store<Cache, Environment>, Cache>, public working<store<Cache, Environment>, Cache> {

 public:
  /// Opens the log in `settings.directory`, and makes one where there is none. An unfinished commit that a crash left at the end is cut off, and
  /// reported by `diagnostics()`. Throws `errc::configuration`; `errc::locked` where another store writes there; `errc::corrupt` with path
  /// and offset; `errc::unsupported_format`; `errc::io_failed`; `errc::storage_full`.
  explicit store(const config& settings, Cache cache = Cache{}, Environment world = Environment{})
      : core_{std::make_shared<core>(detail::validated_for_writing(settings), std::move(cache), std::move(world), detail::next_store_number())} {
    detail::check_expected_head(core_->settings, [this] { return core_->log.head(); });
  }

  // ---- writing ---------------------------------------------------------------------------------------------------------------

  /// Appends one event. Throws `errc::conflict` (a `conflict_error`), `errc::idempotency_mismatch`, `errc::payload_too_large`,
  /// `errc::schema_drift`, `errc::encode_failed`, `errc::not_found` for a cause, `errc::storage_full`, `errc::closed`, and then the log is as it was;
  /// `errc::io_failed` when the flush failed, and from then on `errc::writer_failed`.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      return detail::with_entry(where, event, options, [this](const detail::append_entry& entry) { return append_one(entry); });
    }
  }

  /// Appends bytes under a kind. Throws as `append` does, and `errc::invalid_argument` for a reserved kind.
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    detail::check_kind(kind);
    return append_one(detail::entry_of(where, detail::raw_event(kind, payload), payload, options));
  }

  /// Appends a batch as one commit: every reader sees all of it or nothing, and so does a crash. An empty batch is nothing. Throws as `append`
  /// does; the limits of `config.batch` are `errc::payload_too_large`. It is flushed if any of its events asks for it.
  std::vector<receipt> append(const batch& events) {
    std::vector<receipt> receipts(events.size());
    const std::vector<detail::append_entry> entries = events.entries();
    append_entries(entries, receipts);
    return receipts;
  }

  /// Appends an event as a reaction to another: with its id as causation, in its conversation.
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const receipt& cause, append_options options = {}) {
    options.causation_id = cause.id;
    return append(where, event, options);
  }
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const event_view& cause, append_options options = {}) {
    options.causation_id = cause.id();
    return append(where, event, options);
  }

  /// Executes a command: projects the entity's state (`State{}` where it has no event), lets it decide (see projection/decider.hpp), and appends
  /// the decided events in one commit, if nothing was appended to the entity since; otherwise from the beginning, up to `max_attempts` times. The
  /// receipts of the events, none where none was decided; or what `decide` returned instead, and then nothing was appended. What is thrown
  /// as a `quipu::error` becomes an outcome as well: the last attempt's conflict is `error_kind::conflict`.
  template <class State, class Command>
  auto execute(const coordinate& where, const Command& command, const execute_options& options = {}) {
    using verdict = detail::decide_problem<State, Command>;
    if constexpr (verdict::found) return verdict::sentence::value;
    else if constexpr (!std::is_same_v<Cache, no_cache> && !cacheable<State>) detail::require_cacheable<State>();
    else return detail::execute<State>(*this, where, command, options);
  }

  /// Returns when everything appended before is on stable storage. Throws `errc::io_failed`, `errc::writer_failed`, `errc::closed`.
  void sync() { log().sync(); }

  /// Makes the log smaller, as `policy` says: `compaction::merge()`, `compaction::retain(keep)` or `compaction::tombstone(keep)`. All that was
  /// appended before is flushed and sealed first; appending and reading go on meanwhile. When this returns, the change is on stable storage.
  /// Ranges, views and states that were given out stay as they are. `report`, if there is one, is called now and then with a `progress` in
  /// events, each of which counts twice; when it returns false, the work ends with `errc::cancelled`. Throws `errc::busy` where another compaction is
  /// under way, `errc::closed`, `errc::writer_failed`, `errc::corrupt`, `errc::io_failed`, `errc::storage_full`, what `keep` throws: then the log is
  /// as it was. Only where the last steps fail, when the change is decided, does the writer fail as after a failed flush, and the next opening
  /// finishes the change. See docs/compaction.md.
  template <class Report>
  compaction_report compact(const compaction& policy, Report&& report) {
    return detail::journal_compaction<Environment>{log()}.run(
        policy, [&](std::uint64_t done, std::uint64_t total) { return static_cast<bool>(report(progress{done, total})); });
  }
  compaction_report compact(const compaction& policy) {
    return compact(policy, [](const progress&) { return true; });
  }

  /// Syncs, and lets go of the directory. Throws what the destructor could only swallow; the store is closed all the same. A second
  /// time it does nothing.
  void close() {
    if (core_) core_->close();
  }

  // ---- named cursors; see delivering for the others ----------------------------------------------------------------------------------------

  using delivering<store, Cache>::cursor_guaranteed;
  using delivering<store, Cache>::try_cursor_guaranteed;
  /// The cursor of this name: it goes on where it was last committed, and begins at `from` where it never was. Its region must be the one that it was
  /// committed with. Throws `errc::invalid_argument` for another region, a name that isn't 1 to 80 bytes long, and for `from` as without a name;
  /// `errc::corrupt` for a checkpoint that is damaged, of another store, or ahead of the log; `errc::unsupported_format`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] named_cursor cursor_guaranteed(std::string_view name, region wanted,
                                                           const cursor_position& from = cursor_position::start()) {
    using files = detail::core_checkpoints<core>;
    return named_cursor::open(shared_core(), std::unique_ptr<detail::checkpoint_store>{new files{shared_core()}}, name,
                                          std::move(wanted), from);
  }
  /// Removes a named cursor's checkpoint, whatever is in it; false where there is none. Instances of the cursor can't commit any more. Throws `errc::io_failed`,
  /// `errc::writer_failed`, `errc::closed`.
  bool remove_cursor(std::string_view name) {
    const std::lock_guard lock{core_->checkpoints};
    log().sync(0);  // refuses where nothing may be written
    return detail::remove_checkpoint(log().directory(), name);
  }

  // ---- the same, without throwing -------------------------------------------------------------------------------------------

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return detail::attempt([&] { return append(where, event, options); });
  }
  outcome<receipt> try_append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    return detail::attempt([&] { return append_raw(where, kind, payload, options); });
  }
  outcome<std::vector<receipt>> try_append(const batch& events) {
    return detail::attempt([&] { return append(events); });
  }
  outcome<compaction_report> try_compact(const compaction& policy) {
    return detail::attempt([&] { return compact(policy); });
  }
  template <class Report>
  outcome<compaction_report> try_compact(const compaction& policy, Report&& report) {
    return detail::attempt([&] { return compact(policy, report); });
  }
  outcome<void> try_sync() {
    return detail::attempt([&] { sync(); });
  }
  outcome<named_cursor> try_cursor_guaranteed(std::string_view name, region wanted,
                                                          const cursor_position& from = cursor_position::start()) {
    return detail::attempt([&] { return cursor_guaranteed(name, std::move(wanted), from); });
  }
  outcome<void> try_close() {
    return detail::attempt([&] { close(); });
  }

  // ---- about the store -------------------------------------------------------------------------------------------------------

  [[nodiscard]] store_stats stats() {
    const auto seen = log().snapshot();
    const detail::journal_counts counts = log().counts();
    return {.events = seen.end_sequence,
            .entities = counts.entities,
            .segments = counts.segments,
            .commits = counts.appends,
            .flushes = counts.flushes,
            .written_bytes = counts.written_bytes};
  }
  [[nodiscard]] store_diagnostics diagnostics() {
    return {.directory = core_->settings.directory.string(),
            .recovered = core_->log.recovered(),
            .failure = core_->log.failure(),
            .chained = core_->log.identity().chained,
            .created_at_us = core_->log.created_at_us()};
  }
  [[nodiscard]] const config& settings() const { return core_->settings; }
  [[nodiscard]] Cache& cache() { return core_->cache; }

 private:
  friend class reading<store, Cache>;
  friend class delivering<store, Cache>;
  friend class working<store, Cache>;
  friend class submitting<store, Cache>;
  using journal = detail::journal<Environment>;

  using core = detail::store_core<Cache, journal>;

  [[nodiscard]] journal& log() { return core_->usable_log(); }
  [[nodiscard]] const std::shared_ptr<core>& shared_core() const noexcept { return core_.share(); }
  [[nodiscard]] std::uint64_t number() const { return core_->number; }

  receipt append_one(const detail::append_entry& entry) {
    receipt given;
    append_entries({&entry, 1}, {&given, 1});
    return given;
  }
  void append_entries(std::span<const detail::append_entry> entries, std::span<receipt> receipts) {
    detail::with_conflicts(core_->log, [&] { log().append(entries, receipts); });
  }

  detail::core_owner<core> core_;
};

template <environment Environment = posix>
store(const config&) -> store<no_cache, Environment>;
template <projection_cache Cache>
store(const config&, Cache) -> store<Cache, posix>;
template <projection_cache Cache, environment Environment>
store(const config&, Cache, Environment) -> store<Cache, Environment>;

}  // namespace quipu
