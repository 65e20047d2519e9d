// SPDX-License-Identifier: BSL-1.0
//
// read_model.hpp: a state that is kept current while events are appended, to be read at any time at the price of a
// copy.
//
//   auto totals = store.read_model<revenue>("totals", quipu::region::scope("shop"));
//   const auto receipt = store.append(...);
//   totals.wait_visible_for(receipt, std::chrono::seconds{1});    // read your own writes
//   show(totals.state());
#pragma once

#include "../journal/append_options.hpp"
#include "../macros.hpp"
#include "../projection/projection.hpp"
#include "cursor_position.hpp"
#include "detail/model_body.hpp"
#include "detail/model_folding.hpp"
#include "detail/owned_thread.hpp"
#include "detail/wait_time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::inline QUIPU_MODE {

struct read_model_options {
  /// A state that can be encoded is saved with its position when so many events passed by since, when nothing was
  /// appended for a second, and when the model stops.
  std::size_t save_every_events = 4096;
};

/// What a model of one state and one of many entities have in common. A thread of its own keeps the state current:
/// appending never waits for it. Readers see every state as it is between two events, never half of one; a model that
/// is being rebuilt shows the old state until the new one has everything that the old one had.
///
/// Exactly once: state and position are saved in one file. A file that is damaged, or of another build's projection,
/// another region, or a log from which events were dropped or erased since, isn't used: the model is folded from the
/// first event. So it is while it runs, within a second, when a compaction drops or erases events.
///
/// Where folding throws, the model has failed: what reads it throws `errc::cancelled` with the reason. Stops and joins
/// when it is destroyed; may outlive the store, and when that is closed, it has all that was appended. Thread-safe, but
/// for moving, `join` and destruction.
template <class Folding>
class any_read_model {
  using body = detail::model_body<Folding>;

 public:
  /// Waits until the event of a receipt, and every event before it, is in the state; no longer than `timeout`, a
  /// duration of any unit; whether it is. Throws `errc::invalid_argument` for a receipt of another store,
  /// `errc::closed` where the model stopped before.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_visible_for(const receipt& of, const Duration& timeout) {
    return thread_->wait_until_visible(of, detail::wait_end::after(timeout));
  }
  /// Every event before this position is in the state, or isn't selected.
  [[nodiscard]] cursor_position position() const { return thread_->position(); }

  /// Folds all events anew, in the calling thread, beside the state that is shown meanwhile, and then shows the new
  /// one. Throws as `project` does; then the old one stays.
  void rebuild() { thread_->rebuild(); }

  /// Asks it to stop, and returns at once. The state stays as it is then, readable, and is saved.
  void stop() { thread_->stop(); }
  /// Returns when it has stopped or failed.
  void join() { thread_.join(); }
  [[nodiscard]] bool is_running() const { return thread_->is_running(); }
  /// Why it failed; empty while all is well.
  [[nodiscard]] std::string failure() const { return thread_->failure(); }
  /// Why it couldn't be saved the last time; empty while all is well. The state that is shown isn't concerned.
  [[nodiscard]] std::string saving_failure() const { return thread_->saving_failure(); }
  /// Whether it began with a state that was saved.
  [[nodiscard]] bool was_loaded() const { return thread_->was_loaded(); }
  /// How often it was folded anew since it was made, by `rebuild()` or after a compaction.
  [[nodiscard]] std::uint64_t rebuilds() const { return thread_->rebuilds(); }

 protected:
  explicit any_read_model(std::shared_ptr<body> of) : thread_{std::move(of)} {}
  any_read_model(any_read_model&&) noexcept = default;
  any_read_model& operator=(any_read_model&&) noexcept = default;
  ~any_read_model() = default;

  detail::owned_thread<body> thread_;
};

/// One state over all events of a region: what `store.project<State>(region)` folds, kept current.
template <projection State>
class read_model : public any_read_model<detail::whole_model<State>> {
 public:
  /// For the store, which makes it.
  explicit read_model(std::shared_ptr<detail::model_body<detail::whole_model<State>>> of)
      : any_read_model<detail::whole_model<State>>{std::move(of)} {}

  /// A copy of the state.
  [[nodiscard]] State state() const requires std::is_copy_constructible_v<State> {
    return this->thread_->use([](const State& now) { return now; });
  }
  /// What `use(const State&)` returns, without a copy. The model waits meanwhile, and so do other readers: `use` must
  /// be quick and mustn't call the model.
  template <class Use>
  decltype(auto) with_state(Use&& use) const {
    return this->thread_->use(std::forward<Use>(use));
  }
};

/// The state of each entity that has an event in a region: what `store.project<State>(entity)` folds, as far as the
/// region selects it, for all of them, kept current in memory.
template <projection State>
class entity_read_model : public any_read_model<detail::entity_model<State>> {
  using kept = typename detail::entity_model<State>::kept;

 public:
  /// For the store, which makes it.
  explicit entity_read_model(std::shared_ptr<detail::model_body<detail::entity_model<State>>> of)
      : any_read_model<detail::entity_model<State>>{std::move(of)} {}

  /// A copy of an entity's state; nothing where the region has no event of it.
  [[nodiscard]] std::optional<State> find(std::string_view entity) const requires std::is_copy_constructible_v<State> {
    return this->thread_->use([entity](const kept& states) {
      const auto found = states.find(entity);
      return found == states.end() ? std::optional<State>{} : std::optional<State>{found->second};
    });
  }
  /// How many entities there are.
  [[nodiscard]] std::size_t size() const {
    return this->thread_->use([](const kept& states) { return states.size(); });
  }
  /// Calls `visit(std::string_view entity, const State& state)` for each entity, by name, all of them as of one moment.
  /// The model waits meanwhile: as for `with_state`.
  template <class Visit>
  void for_each(Visit&& visit) const {
    this->thread_->use([&visit](const kept& states) {
      for (const auto& [entity, state] : states) visit(std::string_view{entity}, state);
    });
  }
};

}  // namespace quipu::inline QUIPU_MODE
