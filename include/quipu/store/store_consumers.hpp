// SPDX-License-Identifier: BSL-1.0
//
// store_consumers.hpp: the consumers that keep their place in the directory of a store that is open for writing: named
// cursors, workers, read models. `store` and `replicated_store` derive from it. Checkpoints are local: each replica of
// a replicated store has its own.
#pragma once

#include "../coordinate/region.hpp"
#include "../delivery/cursor_position.hpp"
#include "../delivery/detail/keyed_model.hpp"
#include "../delivery/detail/model_folding.hpp"
#include "../delivery/detail/model_operations.hpp"
#include "../delivery/keyed_read_model.hpp"
#include "../delivery/named_cursor.hpp"
#include "../delivery/parked_event.hpp"
#include "../delivery/read_model.hpp"
#include "../delivery/unknown_kinds.hpp"
#include "../delivery/worker.hpp"
#include "../delivery/worker_policy.hpp"
#include "../event/event_view.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/projection.hpp"
#include "detail/store_core.hpp"
#include "receipts.hpp"
#include "store_reader.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// The name of this type explains a compile error.
template <class Handler>
struct the_handler_of_a_worker_must_be_callable_with_a_const_event_view;

class store_consumers : public store_reader {
 public:
  // ---- named cursors

  using store_reader::cursor_guaranteed;
  using store_reader::try_cursor_guaranteed;
  /// The cursor with this name. It begins after the position that was committed last, or at `from` if none was. Throws
  /// `errc::invalid_argument` if its region differs from the committed one, if the name is not 1 to 80 bytes long, and
  /// for `from` and `unknown` as without a name; `errc::corrupt` for a checkpoint that is damaged, of another store, or
  /// ahead of the log; `errc::unsupported_format`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] named_cursor cursor_guaranteed(std::string_view name, region wanted,
                                               const cursor_position& from = cursor_position::start(),
                                               const unknown_kinds& unknown = {});
  [[nodiscard]] outcome<named_cursor> try_cursor_guaranteed(std::string_view name, region wanted,
                                                            const cursor_position& from = cursor_position::start(),
                                                            const unknown_kinds& unknown = {});
  /// Removes a named cursor's checkpoint, even a damaged one; returns false if there is none. Existing instances of the
  /// cursor cannot commit any more. Throws `errc::io_failed`, `errc::writer_failed`, `errc::closed`.
  bool remove_cursor(std::string_view name);

  // ---- working: threads that consume events; docs/workers.md says which to take

  /// Starts a thread that calls `handler(const event_view&)` with each event of the region: see worker.hpp. It begins
  /// after the committed position of the named cursor `name`, or at `policy.from` if there is none. Throws as
  /// `cursor_guaranteed(name, ...)`; `errc::busy` if a worker of this name runs; `errc::invalid_argument` for an
  /// invalid policy, and for a cursor that has another consumer's state.
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

  /// The parked events of a worker, running or not, as last committed, oldest first. A reactor's worker is named
  /// `react:<name>`. Throws `errc::not_found` if there is no cursor of this name, `errc::invalid_argument` if it
  /// belongs to another consumer, `errc::corrupt`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] std::vector<parked_event> parked(std::string_view name);
  [[nodiscard]] outcome<std::vector<parked_event>> try_parked(std::string_view name);
  /// Gives up an event that a worker has parked: the worker's handler is not called with it any more. Returns false if
  /// no parked event has this id; on stable storage when it returns. Throws as `parked` does, and `errc::busy` if the
  /// worker runs: then use `worker.give_up_parked`.
  bool give_up_parked(std::string_view name, const event_id& which);
  [[nodiscard]] outcome<bool> try_give_up_parked(std::string_view name, const event_id& which);

  /// A state over all events of a region that is kept current: see read_model.hpp. Its cursor is `model:<name>`, at
  /// most 80 bytes. Throws `errc::busy` if a model of this name runs, `errc::invalid_argument`, `errc::io_failed`,
  /// `errc::closed`.
  template <class State>
  [[nodiscard]] auto read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return quipu::read_model<State>{
          make_model(name, std::move(wanted), detail::model_type<detail::whole_model<State>>, options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return detail::attempt([&] { return read_model<State>(name, std::move(wanted), options); });
  }
  /// As above, with a state for each entity.
  template <class State>
  [[nodiscard]] auto read_model_by_entity(std::string_view name, region wanted,
                                          const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return quipu::entity_read_model<State>{
          make_model(name, std::move(wanted), detail::model_type<detail::entity_model<State>>, options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model_by_entity(std::string_view name, region wanted,
                                              const read_model_options& options = {}) {
    if constexpr (!projection<State>)
      return detail::projection_sentence<State>::value;
    else
      return detail::attempt([&] { return read_model_by_entity<State>(name, std::move(wanted), options); });
  }

  /// As above, with a state for each key that `key_of(event)` returns: see keyed_read_model.hpp.
  template <class State, class KeyOf>
  [[nodiscard]] auto read_model_by(std::string_view name, region wanted, KeyOf key_of,
                                   const read_model_options& options = {}) {
    using verdict = detail::keyed_problem<State, KeyOf>;
    if constexpr (verdict::found)
      return verdict::sentence::value;
    else
      return keyed_read_model<State, KeyOf>{make_model(name, std::move(wanted),
                                                       detail::model_type<detail::keyed_model<State, KeyOf>>, options,
                                                       std::make_shared<const KeyOf>(std::move(key_of)))};
  }
  template <class State, class KeyOf>
  [[nodiscard]] auto try_read_model_by(std::string_view name, region wanted, KeyOf key_of,
                                       const read_model_options& options = {}) {
    using verdict = detail::keyed_problem<State, KeyOf>;
    if constexpr (verdict::found)
      return verdict::sentence::value;
    else
      return detail::attempt([&] { return read_model_by<State>(name, std::move(wanted), std::move(key_of), options); });
  }

  // ---- about the store

  /// The counts since the store was opened. Throws `errc::closed`.
  [[nodiscard]] store_stats stats();
  /// How the store is: what opening repaired, why it accepts no write any more, how its cache fails. Throws
  /// `errc::closed`.
  [[nodiscard]] store_diagnostics diagnostics();

 protected:
  using store_reader::store_reader;
  store_consumers(store_consumers&&) = default;
  store_consumers& operator=(store_consumers&&) = default;
  ~store_consumers() = default;

  [[nodiscard]] detail::writer_core& writer() const;
  [[nodiscard]] detail::journal& log() const;
  /// The core, for objects that may outlive the store. Throws `errc::closed`.
  [[nodiscard]] std::shared_ptr<detail::writer_core> usable_core() const;

  [[nodiscard]] worker make_worker(std::string_view name, region wanted, std::function<void(const event_view&)> handle,
                                   std::function<void()> before_commit, const worker_policy& policy);

 private:
  /// Throws as `parked` does.
  [[nodiscard]] detail::checkpoint checkpoint_of(std::string_view name) const;

  [[nodiscard]] std::shared_ptr<detail::model_body> make_model(std::string_view name, region wanted,
                                                               const detail::model_operations& type,
                                                               const read_model_options& options,
                                                               std::shared_ptr<const void> made_with = {});
};

}  // namespace quipu::inline QUIPU_MODE
