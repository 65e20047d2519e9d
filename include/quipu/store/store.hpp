// SPDX-License-Identifier: BSL-1.0
//
// store.hpp: START HERE. An event store: a log of events in a directory, and states that are folded from them.
//
//   quipu::store store{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
//   store.append({"account:alice", "branch:zurich"}, deposited{500});
//   store.project<account>("account:alice")->cents;
//
// An append returns when its event is on stable storage, unless it is told otherwise. Everything may be called from
// several threads at once, but for construction, moving and destruction. One store writes to a directory at a time.
//
// Failures throw `quipu::error`. Members that can fail in normal life have a twin that returns an `outcome` instead:
// `try_append` and so on. Exceptions of other types (from the program's own `apply` or clock, `std::bad_alloc`) pass
// through both, and a coordinate that cannot be made throws before the call. After `close()`, and in a store that was
// moved from, members throw `errc::closed`; ranges and views that were given out stay valid.
//
// Reading, projecting and delivering members are in store_reader.hpp.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/coordinate.hpp"
#include "../coordinate/region.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/detail/region_text.hpp"
#include "../delivery/detail/worker_body.hpp"
#include "../delivery/detail/worker_record.hpp"
#include "../delivery/named_cursor.hpp"
#include "../delivery/parked_event.hpp"
#include "../delivery/read_model.hpp"
#include "../delivery/worker.hpp"
#include "../delivery/worker_policy.hpp"
#include "../journal/append_options.hpp"
#include "../journal/config.hpp"
#include "../journal/conflict_error.hpp"
#include "../journal/maintain/compaction.hpp"
#include "../journal/maintain/journal_compaction.hpp"
#include "../journal/write/journal.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "batch.hpp"
#include "detail/core_checkpoints.hpp"
#include "detail/encoded_event.hpp"
#include "detail/execute.hpp"
#include "detail/reaction.hpp"
#include "detail/store_core.hpp"
#include "detail/write_through.hpp"
#include "emitter.hpp"
#include "execute_options.hpp"
#include "outbox.hpp"
#include "receipts.hpp"
#include "store_reader.hpp"
#include "ticket.hpp"
#include "visibility_fence.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// Why a function can't be what works on events, in words.
template <class Handler>
struct the_handler_of_a_worker_must_be_callable_with_a_const_event_view;
template <class Reactor>
struct a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter;

class store : public store_reader {
 public:
  /// Opens the log in `settings.directory`, and makes one where there is none. An unfinished commit that a crash left
  /// at the end is cut off, and reported by `diagnostics()`. Throws `errc::configuration`; `errc::locked` where another
  /// store writes there; `errc::corrupt` with path and offset; `errc::unsupported_format`; `errc::io_failed`;
  /// `errc::storage_full`.
  explicit store(const config& settings) : store{settings, no_cache{}} {}
  /// With a cache for projected states: any type that models `projection_cache`.
  template <projection_cache Cache>
  store(const config& settings, Cache cache)
      : store_reader{std::make_shared<detail::writer_core>(settings, detail::hold_cache(std::move(cache)))} {}

  // ---- writing
  // ---------------------------------------------------------------------------------------------------------------

  /// Appends one event. Throws `errc::conflict` (a `conflict_error`), `errc::idempotency_mismatch`,
  /// `errc::payload_too_large`, `errc::schema_drift`, `errc::encode_failed`, `errc::not_found` for a cause,
  /// `errc::storage_full`, `errc::closed`, and then the log is as it was; `errc::io_failed` when the flush failed, and
  /// from then on `errc::writer_failed`.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
      return {};
    } else {
      return detail::with_entry(where, event, options,
                                [this](const detail::append_entry& entry) { return append_one(entry); });
    }
  }

  /// Appends bytes under a kind. Throws as `append` does, and `errc::invalid_argument` for a reserved kind.
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {});

  /// Appends a batch as one commit: every reader sees all of it or nothing, and so does a crash. An empty batch is
  /// nothing. Throws as `append` does; the limits of `config.batch` are `errc::payload_too_large`. It is flushed if any
  /// of its events asks for it.
  std::vector<receipt> append(const batch& events);

  /// Appends an event as a reaction to another: with its id as causation, in its conversation.
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

  /// Executes a command: projects the entity's state (`State{}` where it has no event), lets it decide (see
  /// projection/decider.hpp), and appends the decided events in one commit, if nothing was appended to the entity
  /// since; otherwise from the beginning, up to `max_attempts` times. The receipts of the events, none where none was
  /// decided; or what `decide` returned instead, and then nothing was appended. What is thrown as a `quipu::error`
  /// becomes an outcome as well: the last attempt's conflict is `error_kind::conflict`.
  template <class State, class Command>
  auto execute(const coordinate& where, const Command& command, const execute_options& options = {}) {
    using verdict = detail::decide_problem<State, Command>;
    if constexpr (verdict::found)
      return verdict::sentence::value;
    else if constexpr (!detail::projectable<State>)
      return detail::refuse_projecting<State>();
    else
      return detail::execute<State>(*this, where, command, options);
  }

  /// Returns when everything appended before is on stable storage. Throws `errc::io_failed`, `errc::writer_failed`,
  /// `errc::closed`.
  void sync() { log().sync(); }

  /// Makes the log smaller, as `policy` says: `compaction::merge()`, `compaction::retain(keep)` or
  /// `compaction::tombstone(keep)`. All that was appended before is flushed and sealed first; appending and reading go
  /// on meanwhile. When this returns, the change is on stable storage. Ranges, views and states that were given out
  /// stay as they are. `report`, if there is one, is called now and then with a `progress` in events, each of which
  /// counts twice; when it returns false, the work ends with `errc::cancelled`. Throws `errc::busy` where another
  /// compaction is under way, `errc::closed`, `errc::writer_failed`, `errc::corrupt`, `errc::io_failed`,
  /// `errc::storage_full`, what `keep` throws: then the log is as it was. Only where the last steps fail, when the
  /// change is decided, does the writer fail as after a failed flush, and the next opening finishes the change. See
  /// docs/compaction.md.
  compaction_report compact(const compaction& policy, const std::function<bool(const progress&)>& report = {});

  /// Syncs, and lets go of the directory. Throws what the destructor could only swallow; the store is closed all the
  /// same. A second time it does nothing.
  void close();

  // ---- submitting: writing without waiting; docs/writing.md says which to take
  // ------------------------------------------------

  /// Gives an event its place in the log and returns; the ticket waits for the rest. The event isn't durable before
  /// `ticket.wait()` has returned, and, where it is to be durable, not visible either. Where more than
  /// `config.writer.buffer_bytes` wait to be written, this writes them, or waits while another thread does: so memory
  /// is bounded. Throws what `append` throws before an event has its place. A cause must be visible: wait for its
  /// ticket first.
  template <class Event>
  ticket submit(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return detail::with_entry(where, event, options,
                                [this](const detail::append_entry& entry) { return submit_one(entry); });
    }
  }
  ticket submit_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {});
  /// As `submit`, for a batch: one commit, all or nothing.
  batch_ticket submit_batch(const batch& events);

  /// As `submit`, but never waits for a write, a flush or a fence: where it would have to, it is a `retry` that says
  /// after how many milliseconds, and a thread of the store's makes room meanwhile. So too from
  /// `config.writer.retry_above` of the room on. What `submit` throws as a `quipu::error` is an error.
  template <class Event>
  outcome<ticket> try_submit(const coordinate& where, const Event& event, const append_options& options = {}) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return caught<ticket>([&] {
        return detail::with_entry(where, event, options,
                                  [this](const detail::append_entry& entry) { return try_submit_one(entry); });
      });
    }
  }
  outcome<ticket> try_submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                 const append_options& options = {});
  outcome<batch_ticket> try_submit_batch(const batch& events);

  /// An empty outbox. Throws `errc::closed`.
  [[nodiscard]] auto outbox() { return quipu::outbox{usable_core()}; }

  /// Opens a visibility fence: see visibility_fence.hpp. One is open at a time: where there is one already, this waits
  /// for its end, or throws `errc::busy`, as that one says; `errc::busy` also for the thread that has it, and so for
  /// all that this thread would write to the store otherwise. Throws `errc::closed`, `errc::writer_failed`.
  [[nodiscard]] auto begin_visibility_fence(const visibility_fence_options& options = {}) {
    return visibility_fence{usable_core(), options.others.value_or(settings().writer.fence)};
  }
  [[nodiscard]] auto try_begin_visibility_fence(const visibility_fence_options& options = {}) {
    return detail::attempt([&] { return begin_visibility_fence(options); });
  }

  /// What waits to be written or flushed now. Throws `errc::closed`.
  [[nodiscard]] quipu::writer_pressure writer_pressure() { return log().pressure(); }

  // ---- named cursors
  // ----------------------------------------------------------------------------------------------------------

  using store_reader::cursor_guaranteed;
  using store_reader::try_cursor_guaranteed;
  /// The cursor of this name: it goes on where it was last committed, and begins at `from` where it never was. Its
  /// region must be the one that it was committed with. Throws `errc::invalid_argument` for another region, a name that
  /// isn't 1 to 80 bytes long, and for `from` as without a name; `errc::corrupt` for a checkpoint that is damaged, of
  /// another store, or ahead of the log; `errc::unsupported_format`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] named_cursor cursor_guaranteed(std::string_view name, region wanted,
                                               const cursor_position& from = cursor_position::start());
  /// Removes a named cursor's checkpoint, whatever is in it; false where there is none. Instances of the cursor can't
  /// commit any more. Throws `errc::io_failed`, `errc::writer_failed`, `errc::closed`.
  bool remove_cursor(std::string_view name);

  // ---- working: threads that consume events; docs/workers.md says which to take
  // ------------------------------------------------

  /// A thread that calls `handler(const event_view&)` with each event of the region: see worker.hpp. It goes on where
  /// the named cursor `name` was committed, and begins at `policy.from` where it never was. Throws as
  /// `cursor_guaranteed(name, ...)` does; `errc::busy` where a worker of this name runs; `errc::invalid_argument` for a
  /// policy that can't be, and for a cursor that has another consumer's state.
  template <class Handler>
  [[nodiscard]] worker cursor_worker(std::string_view name, region wanted, Handler&& handler,
                                     const worker_policy& policy = {}) {
    if constexpr (!std::is_invocable_v<std::decay_t<Handler>&, const event_view&>) {
      static_cast<void>(
          sizeof(the_handler_of_a_worker_must_be_callable_with_a_const_event_view<std::decay_t<Handler>>));
      return make_worker(name, std::move(wanted), {}, {}, policy);
    } else {
      return make_worker(name, std::move(wanted),
                         std::function<void(const event_view&)>{std::forward<Handler>(handler)}, {}, policy);
    }
  }
  template <class Handler>
  [[nodiscard]] outcome<worker> try_cursor_worker(std::string_view name, region wanted, Handler&& handler,
                                                  const worker_policy& policy = {}) {
    return detail::attempt(
        [&] { return cursor_worker(name, std::move(wanted), std::forward<Handler>(handler), policy); });
  }

  /// A worker that answers events with events: `reactor(const event_view& cause, auto& emit)` may call
  /// `emit(coordinate, event)` any number of times. What it emits for one event is appended in one commit, with `cause`
  /// as the cause, in its conversation, and exactly once, whatever crashes: what it emitted before it isn't called for
  /// again. A reactor that reacts to itself fails: see `worker_policy::own_reactions_limit`. The name is the reactor's
  /// identity and its cursor's: `react:<name>`, at most 80 bytes. Throws as `cursor_worker`.
  template <class Reactor>
  [[nodiscard]] worker react(std::string_view name, region wanted, Reactor&& reactor,
                             const worker_policy& policy = {}) {
    using reaction = detail::reaction;
    if constexpr (!std::is_invocable_v<std::decay_t<Reactor>&, const event_view&, emitter&>) {
      static_cast<void>(
          sizeof(a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter<std::decay_t<Reactor>>));
      return make_worker(name, std::move(wanted), {}, {}, policy);
    } else {
      auto made = std::make_shared<reaction>(
          usable_core(), name, typename reaction::reactor{std::forward<Reactor>(reactor)}, policy.own_reactions_limit);
      return make_worker(
          std::string{"react:"}.append(name), std::move(wanted),
          [made](const event_view& cause) { made->react(cause); }, [made] { made->sync(); }, policy);
    }
  }
  /// The same for a reactor without a name: its region is its identity, so there is one for each region, and it must go
  /// on to mean the same.
  template <class Reactor>
  [[nodiscard]] worker react(region wanted, Reactor&& reactor, const worker_policy& policy = {}) {
    const std::string text = detail::region_text(wanted);
    return react(event_id::from_name(bytes_view{text}).str(), std::move(wanted), std::forward<Reactor>(reactor),
                 policy);
  }
  template <class Reactor>
  [[nodiscard]] outcome<worker> try_react(std::string_view name, region wanted, Reactor&& reactor,
                                          const worker_policy& policy = {}) {
    return detail::attempt([&] { return react(name, std::move(wanted), std::forward<Reactor>(reactor), policy); });
  }

  /// What the worker of this name, running or not, has parked, as last committed; oldest first. For a reactor, its name
  /// is `react:<name>`. Throws `errc::not_found` where no cursor has the name, `errc::invalid_argument` where another
  /// consumer has it, `errc::corrupt`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] std::vector<parked_event> parked(std::string_view name);
  [[nodiscard]] outcome<std::vector<parked_event>> try_parked(std::string_view name);

  /// A state over all events of a region that is kept current: see read_model.hpp. Its cursor is `model:<name>`, at
  /// most 80 bytes. Throws `errc::busy` where a model of this name runs, `errc::invalid_argument`, `errc::io_failed`,
  /// `errc::closed`.
  template <class State>
  [[nodiscard]] auto read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return quipu::read_model<State>{make_model<detail::whole_model<State>>(name, std::move(wanted), options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return detail::attempt([&] { return read_model<State>(name, std::move(wanted), options); });
  }
  /// The same with a state for each entity.
  template <class State>
  [[nodiscard]] auto read_model_by_entity(std::string_view name, region wanted,
                                          const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return quipu::entity_read_model<State>{make_model<detail::entity_model<State>>(name, std::move(wanted), options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model_by_entity(std::string_view name, region wanted,
                                              const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return detail::attempt([&] { return read_model_by_entity<State>(name, std::move(wanted), options); });
  }

  // ---- the same, without throwing
  // ---------------------------------------------------------------------------------------------

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return detail::attempt([&] { return append(where, event, options); });
  }
  outcome<receipt> try_append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                  const append_options& options = {});
  outcome<std::vector<receipt>> try_append(const batch& events);
  outcome<compaction_report> try_compact(const compaction& policy,
                                         const std::function<bool(const progress&)>& report = {});
  outcome<void> try_sync();
  outcome<named_cursor> try_cursor_guaranteed(std::string_view name, region wanted,
                                              const cursor_position& from = cursor_position::start());
  outcome<void> try_close();

  // ---- about the store
  // -------------------------------------------------------------------------------------------------------

  [[nodiscard]] store_stats stats();
  [[nodiscard]] store_diagnostics diagnostics();

 private:
  [[nodiscard]] detail::writer_core& writer() const { return static_cast<detail::writer_core&>(*core().share()); }
  [[nodiscard]] detail::journal& log() const { return writer().usable_log(); }
  /// The core, for what may outlive the store. Throws `errc::closed`.
  [[nodiscard]] std::shared_ptr<detail::writer_core> usable_core() const;

  receipt append_one(const detail::append_entry& entry);
  void append_entries(std::span<const detail::append_entry> entries, std::span<receipt> receipts);
  ticket submit_one(const detail::append_entry& entry);
  outcome<ticket> try_submit_one(const detail::append_entry& entry);

  /// Two flushes' time, rounded up: one may just have begun.
  template <class Result>
  [[nodiscard]] Result declined(const char* why) {
    return Result::retry(1 + 2 * log().pressure().flush_us / 1000, 1, settings().writer.retry_attempts, why);
  }

  template <class Ticket, class Call>
  outcome<Ticket> caught(Call&& call) {
    try {
      return call();
    } catch (const error& failure) {
      return outcome<Ticket>{from_error(failure)};
    }
  }
  [[nodiscard]] worker make_worker(std::string_view name, region wanted, std::function<void(const event_view&)> handle,
                                   std::function<void()> before_commit, const worker_policy& policy);

  template <class Folding>
  [[nodiscard]] auto make_model(std::string_view name, region wanted, const read_model_options& options) {
    const auto core = usable_core();
    detail::name_claim claim{core->workers, std::string{"model:"}.append(name)};
    return std::make_shared<detail::model_body<Folding>>(std::move(claim), detail::source_of(core),
                                                         std::make_unique<detail::core_checkpoints>(core),
                                                         std::move(wanted), options.save_every_events);
  }
};

}  // namespace quipu::inline QUIPU_MODE
