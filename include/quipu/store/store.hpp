// SPDX-License-Identifier: BSL-1.0
//
// store.hpp: START HERE. An event store: a log of events in a directory, and states that are folded from them.
//
//   quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
//   store.append({"account:alice", "branch:zurich"}, deposited{500});
//   store.project<account>("account:alice").value().cents;
//
// An append returns when its event is on stable storage, unless its options say otherwise. All members are thread-safe,
// except construction, moving and destruction. One store at a time writes to a directory.
//
// Failures throw `quipu::error`. Members that can fail in normal operation have a twin that returns an `outcome`
// instead: `try_append` and so on. Exceptions of other types (from the program's `apply` or clock, `std::bad_alloc`)
// pass through both, and an invalid coordinate throws before the call. After `close()`, and in a store that was moved
// from, members throw `errc::closed`; ranges and views stay valid. A forked child of the process that opened a store
// cannot use it, nor what it gave out (cursors, subscriptions, tickets, workers, models, ranges): members throw
// `errc::locked`, and destructors and `close()` do nothing.
//
// The members for reading, projecting and delivering are in store_reader.hpp, those for named cursors, workers and read
// models in store_consumers.hpp.
#pragma once

#include "../cache/detail/cache_interface.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/coordinate.hpp"
#include "../coordinate/region.hpp"
#include "../delivery/worker.hpp"
#include "../delivery/worker_policy.hpp"
#include "../guard/denial.hpp"
#include "../journal/append_options.hpp"
#include "../journal/config.hpp"
#include "../journal/maintain/compaction.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "detail/encoded_event.hpp"
#include "detail/execute.hpp"
#include "detail/refused_arguments.hpp"
#include "detail/store_core.hpp"
#include "detail/write_through.hpp"
#include "emitter.hpp"
#include "execute_options.hpp"
#include "import_events.hpp"
#include "outbox.hpp"
#include "receipts.hpp"
#include "store_consumers.hpp"
#include "store_reader.hpp"
#include "ticket.hpp"
#include "visibility_fence.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// The name of this type explains a compile error.
template <class Reactor>
struct a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter;

class store : public store_consumers {
 public:
  /// Opens the log in `settings.directory`; creates it if it is missing and `settings.create_if_missing` allows it,
  /// but never among other files (`errc::not_found`).
  /// Cuts off an unfinished commit that a crash left at the end, and reports it in `diagnostics()`. Throws
  /// `errc::configuration`; `errc::locked` if another store writes there; `errc::not_found`; `errc::corrupt` with path
  /// and offset; `errc::unsupported_format`; `errc::io_failed`; `errc::storage_full`.
  explicit store(const config& settings);
  /// A compile error: a directory alone is not a configuration.
  template <detail::names_a_directory Given, class... Cache>
  explicit store(const Given&, const Cache&...) : store{detail::refuse_directory<Given>()} {}
  /// As above, with a cache for projected states: any type that models `projection_cache`.
  template <projection_cache Cache>
  store(const config& settings, Cache cache) : store{settings, detail::hold_cache(std::move(cache))} {}

  // ---- writing

  /// Appends one event. Throws `errc::conflict` (a `conflict_error`), `errc::idempotency_mismatch`,
  /// `errc::payload_too_large`, `errc::schema_drift`, `errc::encode_failed`, `errc::not_found` for a cause,
  /// `errc::storage_full`, `errc::closed`; then the log is as it was. Throws `errc::io_failed` if the flush failed;
  /// every later append throws `errc::writer_failed`.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = detail::no_options) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else if constexpr (detail::appended_as_it_is<Event>) {
      return append_one(detail::plain_entry(where, event, options));
    } else {
      return append_event(where, detail::to_append(event), options);
    }
  }

  /// A compile error: an entity alone is not a coordinate.
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  receipt append(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }

  /// Appends a gate's denial, as the event `denied`. Throws as `append`.
  receipt append_denial(const coordinate& where, denial why, const append_options& options = detail::no_options);

  /// Appends bytes with a kind. Throws as `append`, and `errc::invalid_argument` for a reserved kind.
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                     const append_options& options = detail::no_options);

  /// Appends a batch as one commit: readers see all of it or nothing, also after a crash. An empty batch does nothing.
  /// The batch is flushed if any of its events is to be durable. Throws as `append`; a batch over the limits of
  /// `config.batch` is `errc::payload_too_large`.
  std::vector<receipt> append(const batch& events);

  /// Appends an event as a reaction: `cause` becomes its cause, and it joins the cause's conversation. Throws as
  /// `append`.
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const receipt& cause,
                          append_options options = {}) {
    options.causation_id = cause.id;
    return append(where, event, options);
  }
  template <class Event>
  receipt append_reaction(const coordinate& where, const Event& event, const event_view& cause,
                          append_options options = {}) {
    options.causation_id = cause.id();
    return append(where, event, options);
  }

  /// Executes a command: projects the entity's state (`State{}` if it has no event, or all were dropped), calls its
  /// `decide` (see projection/decider.hpp), and appends the decided events as one commit if no event was appended to
  /// the entity meanwhile. Otherwise starts again, up to `max_attempts` times. Returns the receipts of the events, or
  /// what `decide` returned instead of events; then nothing was appended. A `quipu::error` becomes an outcome: a
  /// conflict in the last attempt is `error_kind::conflict`. Throws what the program's `decide` and `apply` throw.
  template <class State, class Command>
  auto execute(const coordinate& where, const Command& command, const execute_options& options = {}) {
    return detail::execute<State>(*this, where, command, options);
  }

  /// Executes a command whose decision depends on more than one entity: projects what a region selects into one
  /// `State`, calls its `decide`, and appends the decided events to `where` as one commit, if nothing that the decision
  /// depends on was appended meanwhile: no event that the region selects and `State` folds. That condition is derived,
  /// so a decision can't forget an event type. Otherwise starts again. Returns as above. Each attempt folds the region:
  /// name one that is as small as the rule allows. Of a region with a range of sequences, events after the range are no
  /// conflict.
  template <class State, class Command>
  auto execute(const region& wanted, const coordinate& where, const Command& command,
               const execute_options& options = {}) {
    const auto fold = [&](void* state, const detail::state_operations& type) {
      return project_region(state, type, wanted);
    };
    return detail::execute_over<State>(*this, fold, wanted, where, command, options);
  }

  /// Returns when everything that was appended before is on stable storage. Throws `errc::io_failed`,
  /// `errc::writer_failed`, `errc::closed`.
  void sync();

  /// Makes the log smaller: `compaction::merge()`, `compaction::retain(keep)` or `compaction::tombstone(keep)`. Flushes
  /// and seals what was appended before; appends and reads go on meanwhile. When this returns, the change is on stable
  /// storage. Existing ranges, views and states stay as they are. Calls `report`, if it is set, regularly with a
  /// `progress` in events, each of which counts twice; if it returns false, throws `errc::cancelled`. Throws
  /// `errc::busy` if another compaction is under way, `errc::closed`, `errc::writer_failed`, `errc::corrupt`,
  /// `errc::io_failed`, `errc::storage_full`, and what `keep` throws; then the log is as it was. Only a failure after
  /// the change was decided is final for the writer, as after a failed flush; the next opening then finishes the
  /// change. If events were dropped or erased, removes all entries of the store's cache; with `cache_failure::refuse`,
  /// throws what the cache throws then, after the change. See docs/compaction.md.
  compaction_report compact(const compaction& policy, const std::function<bool(const progress&)>& report = {});

  /// Syncs and releases the directory. The store is closed even if this throws. The destructor does the same and
  /// ignores errors. A second call does nothing. Throws `errc::invalid_argument`, and closes nothing, where a running
  /// compaction calls it: closing waits for that.
  void close();

  // ---- submitting: writing without waiting; docs/writing.md says which to take

  /// Places an event in the log and returns; the ticket waits for the rest. The event is durable when `ticket.wait()`
  /// returns; an event that is to be durable is not visible before it is. If more than `config.writer.buffer_bytes`
  /// wait to be written, this writes them, or waits for the thread that does, so memory is bounded. A cause must be
  /// visible: wait for its ticket first. Throws what `append` throws before an event is placed.
  template <class Event>
  ticket submit(const coordinate& where, const Event& event, const append_options& options = detail::no_options) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else if constexpr (detail::appended_as_it_is<Event>) {
      return submit_one(detail::plain_entry(where, event, options));
    } else {
      return submit_event(where, detail::to_append(event), options);
    }
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  ticket submit(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  /// As `submit`, for bytes with a kind; `errc::invalid_argument` for a reserved one.
  ticket submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                    const append_options& options = detail::no_options);
  /// As `submit`, for a batch, as one commit.
  batch_ticket submit_batch(const batch& events);

  /// As `submit`, but never waits for a write, a flush or a fence. Instead returns a `retry` with the milliseconds to
  /// wait, and a thread of the store makes room meanwhile; also if `config.writer.retry_above` of the room is used.
  /// What `submit` throws as a `quipu::error` is returned as an error.
  template <class Event>
  outcome<ticket> try_submit(const coordinate& where, const Event& event,
                             const append_options& options = detail::no_options) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return try_submit_event(where, detail::to_append(event), options);
    }
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  outcome<ticket> try_submit(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  outcome<ticket> try_submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                 const append_options& options = detail::no_options);
  outcome<batch_ticket> try_submit_batch(const batch& events);

  /// An empty outbox. Throws `errc::closed`.
  [[nodiscard]] quipu::outbox outbox();

  /// Opens a visibility fence and returns it: see visibility_fence.hpp. One fence is open at a time: if there is one,
  /// waits until it ends or throws `errc::busy`, as that fence says. The thread that has a fence open gets
  /// `errc::busy`, here and from all other writing to the store. Throws `errc::closed`, `errc::writer_failed`.
  [[nodiscard]] visibility_fence begin_visibility_fence(const visibility_fence_options& options = {});
  [[nodiscard]] outcome<visibility_fence> try_begin_visibility_fence(const visibility_fence_options& options = {});

  /// The pressure on the writer: what waits to be written or flushed. Throws `errc::closed`.
  [[nodiscard]] quipu::writer_pressure writer_pressure();

  // ---- reacting: docs/workers.md

  /// A worker that answers events with events: `reactor(const event_view& cause, auto& emit)` may call
  /// `emit(coordinate, event)` any number of times. What it emits for one event is appended as one commit, with `cause`
  /// as the cause, in its conversation, exactly once, also across crashes. A reactor that reacts to its own events
  /// fails: see `worker_policy::own_reactions_limit`. The name identifies the reactor; its cursor is `react:<name>`, at
  /// most 80 bytes. Throws as `cursor_worker`.
  template <class Reactor>
  [[nodiscard]] worker react(std::string_view name, region wanted, Reactor&& reactor,
                             const worker_policy& policy = {}) {
    if constexpr (!std::is_invocable_v<std::decay_t<Reactor>&, const event_view&, emitter&>) {
      static_cast<void>(
          sizeof(a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter<std::decay_t<Reactor>>));
      return make_worker(name, std::move(wanted), {}, {}, policy);
    } else {
      return make_reactor(name, std::move(wanted),
                          std::function<void(const event_view&, emitter&)>{std::forward<Reactor>(reactor)}, policy);
    }
  }
  /// As above, for a reactor without a name. Its region identifies it, so there is one for each region; a later program
  /// that reacts to the same region continues it.
  template <class Reactor>
  [[nodiscard]] worker react(region wanted, Reactor&& reactor, const worker_policy& policy = {}) {
    const std::string name = name_of_reactor(wanted);
    return react(name, std::move(wanted), std::forward<Reactor>(reactor), policy);
  }
  template <class Reactor>
  [[nodiscard]] outcome<worker> try_react(std::string_view name, region wanted, Reactor&& reactor,
                                          const worker_policy& policy = {}) {
    return detail::attempt([&] { return react(name, std::move(wanted), std::forward<Reactor>(reactor), policy); });
  }

  // ---- importing

  /// Appends the events that a region selects in another store, as of now: their payloads, schemas, coordinates, flags,
  /// tags, metadata and valid times. Numbers, ids and hashes are new; causes and conversations are translated to the
  /// new ids. A cause outside of all imports is cleared. Each event is imported once, however often and in how many
  /// parts it is asked for: its idempotency key is made of the source's lineage and its id there. Erased events are
  /// left out. Durable when it returns. Appends of others go on meanwhile. Throws as `append`, what `options.where`
  /// throws, `errc::cancelled`, reading errors of the source, `errc::invalid_argument` for a source of this store's
  /// lineage, and `errc::idempotency_mismatch` if an event was imported to another coordinate before; what was imported
  /// before stays, and the same call goes on from there.
  import_report import_events(store_reader& source, const region& wanted, const import_options& options = {});
  outcome<import_report> try_import_events(store_reader& source, const region& wanted,
                                           const import_options& options = {});

  // ---- the same, without throwing

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event,
                              const append_options& options = detail::no_options) {
    return detail::attempt([&] { return append(where, event, options); });
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  outcome<receipt> try_append(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  outcome<receipt> try_append_denial(const coordinate& where, denial why,
                                     const append_options& options = detail::no_options);
  outcome<receipt> try_append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                  const append_options& options = detail::no_options);
  outcome<std::vector<receipt>> try_append(const batch& events);
  outcome<compaction_report> try_compact(const compaction& policy,
                                         const std::function<bool(const progress&)>& report = {});
  outcome<void> try_sync();
  outcome<void> try_close();

 private:
  store(const config& settings, std::unique_ptr<detail::cache_interface> cache);

  receipt append_event(const coordinate& where, detail::event_to_append event, const append_options& options);
  receipt append_one(const detail::append_entry& entry);
  void append_entries(std::span<const detail::append_entry> entries, std::span<receipt> receipts);
  ticket submit_event(const coordinate& where, detail::event_to_append event, const append_options& options);
  ticket submit_one(const detail::append_entry& entry);
  outcome<ticket> try_submit_event(const coordinate& where, detail::event_to_append event,
                                   const append_options& options);
  outcome<ticket> try_submit_one(const detail::append_entry& entry);

  /// Asks to try again after the time of two flushes, rounded up, because one may just have begun.
  template <class Result>
  [[nodiscard]] Result declined(const char* why);

  template <class Ticket, class Call>
  outcome<Ticket> caught(Call&& call) {
    try {
      return call();
    } catch (const error& failure) {
      return outcome<Ticket>{from_error(failure)};
    }
  }
  [[nodiscard]] worker make_reactor(std::string_view name, region wanted,
                                    std::function<void(const event_view&, emitter&)> reactor,
                                    const worker_policy& policy);
  /// The name of a reactor that was given none.
  [[nodiscard]] static std::string name_of_reactor(const region& wanted);
};

}  // namespace quipu::inline QUIPU_MODE
