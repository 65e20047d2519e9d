// SPDX-License-Identifier: BSL-1.0
//
// working.hpp: threads that consume a store's events for the program: workers, reactors, read models. docs/workers.md says which to take.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../coordinate/region.hpp"
#include "../delivery/detail/checkpoint_files.hpp"
#include "../delivery/detail/name_claims.hpp"
#include "../delivery/detail/region_text.hpp"
#include "../delivery/detail/worker_body.hpp"
#include "../delivery/detail/worker_record.hpp"
#include "../delivery/named_cursor.hpp"
#include "../delivery/parked_event.hpp"
#include "../delivery/read_model.hpp"
#include "../delivery/worker.hpp"
#include "../delivery/worker_policy.hpp"
#include "../event/event_view.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/projection.hpp"
#include "detail/reaction.hpp"
#include "emitter.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

/// Why a function can't be what works on events, in words.
template <class Handler>
struct the_handler_of_a_worker_must_be_callable_with_a_const_event_view;
template <class Reactor>
struct a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter;

/// The half of a store that works by itself. `Self` derives from it, and gives `log()` or `errc::closed`, and `shared_core()`. What is given out keeps the core and may outlive the
/// store; when that is closed, its thread ends.
template <class Self, projection_cache Cache>
class working {
  using parked_list = std::vector<parked_event>;

 public:
  /// A thread that calls `handler(const event_view&)` with each event of the region: see worker.hpp. It goes on where the named cursor `name` was committed, and begins at `policy.from` where
  /// it never was. Throws as `cursor_guaranteed(name, ...)` does; `errc::busy` where a worker of this name runs; `errc::invalid_argument` for a policy that can't be, and for a
  /// cursor that has another consumer's state.
  template <class Handler>
  [[nodiscard]] worker cursor_worker(std::string_view name, region wanted, Handler&& handler, const worker_policy& policy = {}) {
    if constexpr (!std::is_invocable_v<std::decay_t<Handler>&, const event_view&>) {
      static_cast<void>(sizeof(the_handler_of_a_worker_must_be_callable_with_a_const_event_view<std::decay_t<Handler>>));
      return make_worker(name, std::move(wanted), {}, {}, policy);
    } else {
      return make_worker(name, std::move(wanted), std::function<void(const event_view&)>{std::forward<Handler>(handler)}, {}, policy);
    }
  }
  template <class Handler>
  [[nodiscard]] outcome<worker> try_cursor_worker(std::string_view name, region wanted, Handler&& handler, const worker_policy& policy = {}) {
    return detail::attempt([&] { return cursor_worker(name, std::move(wanted), std::forward<Handler>(handler), policy); });
  }

  /// A worker that answers events with events: `reactor(const event_view& cause, auto& emit)` may call `emit(coordinate, event)` any number of times. What it emits for one event is
  /// appended in one commit, with `cause` as the cause, in its conversation, and exactly once, whatever crashes: what it emitted before it isn't called for again. A
  /// reactor that reacts to itself fails: see `worker_policy::own_reactions_limit`. The name is the reactor's identity and its cursor's: `react:<name>`, at most 80 bytes. Throws
  /// as `cursor_worker`.
  template <class Reactor>
  [[nodiscard]] worker react(std::string_view name, region wanted, Reactor&& reactor, const worker_policy& policy = {}) {
    using core = typename Self::core;
    using reaction = detail::reaction<core>;
    if constexpr (!std::is_invocable_v<std::decay_t<Reactor>&, const event_view&, emitter&>) {
      static_cast<void>(sizeof(a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter<std::decay_t<Reactor>>));
      return make_worker(name, std::move(wanted), {}, {}, policy);
    } else {
      static_cast<void>(self().log());
      auto made = std::make_shared<reaction>(self().shared_core(), name, typename reaction::reactor{std::forward<Reactor>(reactor)},
                                                      policy.own_reactions_limit);
      return make_worker(std::string{"react:"}.append(name), std::move(wanted), [made](const event_view& cause) { made->react(cause); },
                         [made] { made->sync(); }, policy);
    }
  }
  /// The same for a reactor without a name: its region is its identity, so there is one for each region, and it must go on to mean the same.
  template <class Reactor>
  [[nodiscard]] worker react(region wanted, Reactor&& reactor, const worker_policy& policy = {}) {
    const std::string text = detail::region_text(wanted);
    return react(event_id::from_name(bytes_view{text}).str(), std::move(wanted), std::forward<Reactor>(reactor), policy);
  }
  template <class Reactor>
  [[nodiscard]] outcome<worker> try_react(std::string_view name, region wanted, Reactor&& reactor, const worker_policy& policy = {}) {
    return detail::attempt([&] { return react(name, std::move(wanted), std::forward<Reactor>(reactor), policy); });
  }

  /// What the worker of this name, running or not, has parked, as last committed; oldest first. For a reactor, its name is `react:<name>`. Throws `errc::not_found` where no cursor has the
  /// name, `errc::invalid_argument` where another consumer has it, `errc::corrupt`, `errc::io_failed`, `errc::closed`.
  [[nodiscard]] parked_list parked(std::string_view name) {
    using core = typename Self::core;
    static_cast<void>(self().log());
    const auto found = detail::core_checkpoints<core>{self().shared_core()}.load(name);
    if (!found) throw error{errc::not_found, "no cursor has the name \"" + std::string{name} + "\""};
    return detail::worker_record::of(bytes_view{found->state}, name).parked;
  }
  [[nodiscard]] outcome<parked_list> try_parked(std::string_view name) {
    return detail::attempt([&] { return parked(name); });
  }

  /// A state over all events of a region that is kept current: see read_model.hpp. Its cursor is `model:<name>`, at most 80 bytes. Throws `errc::busy` where a model of this name runs,
  /// `errc::invalid_argument`, `errc::io_failed`, `errc::closed`.
  template <class State>
  [[nodiscard]] auto read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else return quipu::read_model<State>{make_model<detail::whole_model<State>>(name, std::move(wanted), options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else return detail::attempt([&] { return read_model<State>(name, std::move(wanted), options); });
  }
  /// The same with a state for each entity.
  template <class State>
  [[nodiscard]] auto read_model_by_entity(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else return quipu::entity_read_model<State>{make_model<detail::entity_model<State>>(name, std::move(wanted), options)};
  }
  template <class State>
  [[nodiscard]] auto try_read_model_by_entity(std::string_view name, region wanted, const read_model_options& options = {}) {
    if constexpr (!projection<State>) return detail::projection_sentence<State>::value;
    else return detail::attempt([&] { return read_model_by_entity<State>(name, std::move(wanted), options); });
  }

 protected:
  working() = default;
  working(working&&) = default;
  working& operator=(working&&) = default;
  ~working() = default;

 private:
  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }

  /// Where the checkpoints of the store's cursors are.
  [[nodiscard]] static auto checkpoints_of(const auto& core_of) {
    using core = typename Self::core;
    return std::unique_ptr<detail::checkpoint_store>{new detail::core_checkpoints<core>{core_of}};
  }

  [[nodiscard]] worker make_worker(std::string_view name, region wanted, std::function<void(const event_view&)> handle, std::function<void()> before_commit,
                                   const worker_policy& policy) {
    static_cast<void>(self().log());
    const auto core = self().shared_core();
    detail::worker_parts parts{.claim = {core->workers, name},
                                     .source = core,
                                     .open =
                                         [core, name = std::string{name}, wanted, from = policy.from] {
                                           return named_cursor::open(core, checkpoints_of(core), name, wanted, from);
                                         },
                                     .handle = std::move(handle),
                                     .before_commit = std::move(before_commit)};
    return worker{std::make_shared<detail::worker_body>(std::move(parts), policy)};
  }

  template <class Folding>
  [[nodiscard]] auto make_model(std::string_view name, region wanted, const read_model_options& options) {
    static_cast<void>(self().log());
    const auto core = self().shared_core();
    detail::name_claim claim{core->workers, std::string{"model:"}.append(name)};
    return std::make_shared<detail::model_body<Folding>>(std::move(claim), core, checkpoints_of(core), std::move(wanted),
                                                                              options.save_every_events);
  }
};

}  // namespace quipu
