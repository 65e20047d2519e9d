// SPDX-License-Identifier: BSL-1.0
//
// replicated_store.hpp: one store on several machines. Each has a replica: a local log of its own, in which everything
// is read. What is appended goes through a shared log, which orders it, and each replica applies that to its own log.
// So all replicas have the same events with the same numbers, ids, times and hashes. See docs/replication.md.
//
//   quipu::replicated_store store{quipu::config{.directory = "bank"}, shared, quipu::file_cache{"bank-cache"}};
//   store.append({"account:alice", "branch:zurich"}, deposited{500});
//
// An append returns when the shared log has acknowledged it and this replica has applied it: a replica reads its own
// writes. Everything is read as from a `store`, at once, whether or not the shared log can be reached; what other
// replicas wrote is there when it was applied here (`sync`, `wait_visible_for`).
//
// Named cursors, workers and read models are those of a store: their checkpoints are in this replica's directory, and
// each replica has its own.
//
// Failures throw `quipu::error`; members that can fail in normal operation have a twin that returns an `outcome`. All
// members are thread-safe, except construction and destruction. Beyond what a `store` throws, any member that writes
// throws
//   errc::unavailable  the shared log was not reached within `replication_options::unavailable_after`; nothing was
//                      appended
//   errc::timeout      the shared log did not answer in time: the events may be in it, or still come. An append that is
//                      repeated with the same idempotency key happens once
//   errc::diverged     this replica and the shared log contradict each other, with both heads where the logs differ.
//                      Nothing is applied any more; what was applied can be read
//   errc::trimmed      the shared log does not reach back to where this replica is
// and an append throws
//   errc::invalid_argument  a region of its condition ends at a sequence (`with_sequence_range(100, 200)`), or its
//                           alternatives begin at different ones: the shared log has no place for that. One range that
//                           begins anywhere and has no end is fine
#pragma once

#include "detail/replica.hpp"
#include "replication_options.hpp"
#include "replication_pressure.hpp"
#include "shared_log.hpp"

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A failure that says nothing of whether it happened is a retry.
template <class Value>
[[nodiscard]] outcome<Value> retry_if_unknown(outcome<Value> answer) {
  if (!answer.is_error() || to_error(answer.error()).code() != errc::timeout) return answer;
  return outcome<Value>::retry(0, 1, 0, answer.error().message);
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// How far a replica is.
struct replication_status {
  std::uint64_t position{};  ///< of the last record of the shared log that was applied
  digest head{};             ///< of the log at that position; all replicas have the same there
  std::string failure{};     ///< why nothing is applied any more; empty while all is well
};

/// An append through the shared log that may not have been decided yet. Movable; not thread-safe.
class replicated_ticket {
 public:
  /// For the store.
  explicit replicated_ticket(std::future<detail::decision> answer) noexcept : answer_{std::move(answer)} {}

  /// Returns the receipts of the events, in order, when this replica has applied them. Throws as
  /// `replicated_store::append`; again, `errc::invalid_argument`.
  std::vector<receipt> wait();
  /// Whether `wait` would return, or throw, at once. Never fails.
  [[nodiscard]] bool ready() const;
  [[nodiscard]] outcome<std::vector<receipt>> try_wait();

 private:
  std::future<detail::decision> answer_;
};

class replicated_store : public store_consumers {
 public:
  /// Opens the replica in `settings.directory` and begins to apply what the shared log has. A directory without a store
  /// gets a new one, which starts from the beginning of the shared log; an empty shared log is founded. A directory
  /// with a `store` that has events founds an empty shared log, and the replicas of others then start from its
  /// snapshot. Of the settings, `chain` must be on, and the limits of payloads and batches at most their defaults
  /// (`errc::configuration`). With `sync_mode::buffered`, an append does not wait for this replica's own disk: the
  /// shared log has its record. Throws as `store` does; `errc::unavailable` if a new replica can't reach the shared
  /// log; `errc::diverged`, `errc::trimmed`; `errc::not_found` for a new replica of a log that was founded by a store
  /// with events.
  replicated_store(const config& settings, std::shared_ptr<shared_log> shared, const replication_options& options = {});
  /// As above, with a cache for projected states.
  template <projection_cache Cache>
  replicated_store(const config& settings, std::shared_ptr<shared_log> shared, Cache cache,
                   const replication_options& options = {})
      : replicated_store{settings, std::move(shared), detail::hold_cache(std::move(cache)), options} {}

  replicated_store(replicated_store&&) = default;
  replicated_store& operator=(replicated_store&&) = delete;

  // ---- writing

  /// Appends one event and returns its receipt. Throws as `store::append`, and as above.
  template <class Event>
  receipt append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return propose(where, event, options, sender::caller).wait().front();
  }
  /// A compile error: an entity alone is not a coordinate.
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  receipt append(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  /// Appends a gate's denial, as the event `denied`. Throws as `append`.
  receipt append_denial(const coordinate& where, denial why, const append_options& options = {}) {
    return append(where, denied{std::move(why), {}}, options);
  }
  /// Appends bytes with a kind. Throws as `append`, and `errc::invalid_argument` for a reserved kind.
  receipt append_raw(const coordinate& where, event_kind kind, bytes_view payload, const append_options& options = {}) {
    return propose(where, kind, payload, options, sender::caller).wait().front();
  }
  /// Appends a batch as one commit. Throws as `append`.
  std::vector<receipt> append(const batch& events) { return propose(events, sender::caller).wait(); }
  /// Appends an event as a reaction to `cause`, in its conversation. Throws as `append`.
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

  /// Executes a command: as `store::execute`, with what was decided by the shared log's order.
  template <class State, class Command>
  auto execute(const coordinate& where, const Command& command, const execute_options& options = {}) {
    return detail::execute<State>(*this, where, command, options);
  }
  /// As above, over a region.
  template <class State, class Command>
  auto execute(const region& wanted, const coordinate& where, const Command& command,
               const execute_options& options = {}) {
    const auto fold = [&](void* state, const detail::state_operations& type) {
      return project_region(state, type, wanted);
    };
    return detail::execute_over<State>(*this, fold, wanted, where, command, options);
  }

  /// Proposes an event and returns: the ticket waits for the decision. Throws what `append` throws before the shared
  /// log is asked.
  template <class Event>
  replicated_ticket submit(const coordinate& where, const Event& event, const append_options& options = {}) {
    return propose(where, event, options, sender::replica);
  }
  /// As `submit`, for bytes with a kind; throws `errc::invalid_argument` for a reserved one.
  replicated_ticket submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                               const append_options& options = {}) {
    return propose(where, kind, payload, options, sender::replica);
  }
  /// As `submit`, for a batch, as one commit.
  replicated_ticket submit_batch(const batch& events) { return propose(events, sender::replica); }

  // ---- the same, without throwing; `errc::timeout` becomes a retry

  template <class Event>
  outcome<receipt> try_append(const coordinate& where, const Event& event, const append_options& options = {}) {
    return detail::retry_if_unknown(detail::attempt([&] { return append(where, event, options); }));
  }
  template <detail::names_an_entity Given = detail::name_in_braces, class Event>
  outcome<receipt> try_append(const Given&, const Event&, const append_options& = {}) {
    detail::refuse_entity<Given>();
  }
  outcome<receipt> try_append_denial(const coordinate& where, denial why, const append_options& options = {}) {
    return try_append(where, denied{std::move(why), {}}, options);
  }
  outcome<receipt> try_append_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                  const append_options& options = {}) {
    return detail::retry_if_unknown(detail::attempt([&] { return append_raw(where, kind, payload, options); }));
  }
  outcome<std::vector<receipt>> try_append(const batch& events) {
    return detail::retry_if_unknown(detail::attempt([&] { return append(events); }));
  }
  template <class Event>
  outcome<replicated_ticket> try_submit(const coordinate& where, const Event& event,
                                        const append_options& options = {}) {
    return detail::attempt([&] { return submit(where, event, options); });
  }
  outcome<replicated_ticket> try_submit_raw(const coordinate& where, event_kind kind, bytes_view payload,
                                            const append_options& options = {}) {
    return detail::attempt([&] { return submit_raw(where, kind, payload, options); });
  }
  outcome<replicated_ticket> try_submit_batch(const batch& events) {
    return detail::attempt([&] { return submit_batch(events); });
  }

  // ---- replication

  /// Returns when this replica has applied everything that the shared log had at the call: what is read then is
  /// linearizable. Throws `errc::unavailable`, `errc::diverged`, `errc::trimmed`, `errc::closed`.
  void sync();
  [[nodiscard]] outcome<void> try_sync();
  /// How far this replica is. Never fails.
  [[nodiscard]] replication_status replication() const;
  /// What waits for the shared log, or to be applied here. Nothing waits once `close()` was called. Takes time in
  /// proportion to what waits. Throws nothing but `errc::closed`, for an object that was moved from.
  [[nodiscard]] replication_pressure writer_pressure() const;
  /// Removes records of the shared log that nobody needs who has come to `position`, a position of `replication()`:
  /// call it with one from before a `snapshot()`, and all later replicas start from that or a later snapshot. A replica
  /// that has not come that far can't go on (`errc::trimmed`). The last thousand records before `position` stay. Throws
  /// `errc::invalid_argument` for a position that this replica has not come to, `errc::unavailable`.
  void trim(std::uint64_t position);

  /// Ends replication and releases the directory. Throws as `store::close`. The destructor does the same and ignores
  /// errors.
  void close();
  outcome<void> try_close() {
    return detail::attempt([&] { close(); });
  }

 private:
  replicated_store(const config& settings, std::shared_ptr<shared_log> shared,
                   std::unique_ptr<detail::cache_interface> cache, const replication_options& options);
  replicated_store(std::unique_ptr<replica_log> own, std::shared_ptr<shared_log> shared,
                   const replication_options& options);

  using sender = detail::replica::sender;
  template <class Event>
  [[nodiscard]] replicated_ticket propose(const coordinate& where, const Event& event, const append_options& options,
                                          sender by) {
    if constexpr (!detail::appendable<Event>) {
      detail::refuse_to_append<Event>();
    } else {
      return propose_event(where, detail::to_append(event), options, by);
    }
  }
  [[nodiscard]] replicated_ticket propose_event(const coordinate& where, detail::event_to_append event,
                                                const append_options& options, sender by);
  [[nodiscard]] replicated_ticket propose(const coordinate& where, event_kind kind, bytes_view payload,
                                          const append_options& options, sender by);
  [[nodiscard]] replicated_ticket propose(const batch& events, sender by);
  [[nodiscard]] replicated_ticket propose(std::span<const detail::append_entry> entries, sender by);
  /// Throws `errc::closed` where the store was moved from.
  [[nodiscard]] detail::replica& running() const;

  std::unique_ptr<detail::replica> replica_;
};

}  // namespace quipu::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../impl/replication/replicated_store.ipp"
#endif
