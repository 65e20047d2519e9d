// SPDX-License-Identifier: BSL-1.0
//
// read_model.hpp: a state in memory that a background thread keeps current while events are appended. Reading it costs
// one copy.
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
#include "detail/model_folding.hpp"
#include "detail/model_reading.hpp"
#include "detail/owned_thread.hpp"
#include "detail/wait_time.hpp"
#include "unknown_kinds.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// Options of `store.read_model`, `store.read_model_by_entity` and `store.read_model_by`.
struct read_model_options {
  /// Number of events after which the state is saved with its position, if the state can be encoded. It is also saved
  /// after one second without appends and when the model stops. At least 1.
  std::size_t save_every_events = 4096;
  /// Whether the model stops before an event of a kind that its projection does not list. It has then failed, and its
  /// state is saved.
  quipu::unknown_kinds unknown_kinds = quipu::unknown_kinds::pass_over();
  /// Whether each reading of a state waits until it covers every event that was visible when it was called: each whose
  /// append has returned, in whichever thread. So what was appended is in the model when `append` returns, as far as
  /// any reader can see. Appends cost what they cost without it.
  bool current = false;
};

/// Common base of `read_model`, `entity_read_model` and `keyed_read_model`. A background thread folds new events;
/// appending never waits for it. A reader always sees the state between two events. During a rebuild, readers see the
/// old state until the new one covers the same events.
///
/// State and position are saved together, so each event is folded exactly once. A saved state is discarded, and the
/// model is folded from the first event, if a file is damaged, if its projection or region differs, or if events were
/// dropped or erased since it was saved. A running model is also rebuilt, within a second, after a compaction drops or
/// erases events.
///
/// Where folding throws, the model has failed: what reads it throws `errc::cancelled` with the reason. With
/// `read_model_options::current`, reading throws `errc::closed` where the model has stopped before an event that is
/// visible. Stops and joins when it is destroyed; may outlive the store, and when that is closed, it has all that was
/// appended. Thread-safe, but for moving, `join` and destruction.
class any_read_model {
 public:
  /// Waits until the state covers the event of the receipt and all earlier events, for at most `timeout`, a
  /// `std::chrono` duration. Returns whether it does. Throws `errc::invalid_argument` for a receipt of another store,
  /// `errc::closed` if the model has stopped before that event, and `errc::cancelled` if it has failed.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_visible_for(const receipt& of, const Duration& timeout) {
    return wait_until_visible(of, detail::wait_end::after(timeout));
  }
  /// Waits until the state covers every event that is visible now, for at most `timeout`, a `std::chrono` duration.
  /// Returns whether it does. Throws `errc::closed` if the model has stopped before that, and `errc::cancelled` if it
  /// has failed.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_caught_up_for(const Duration& timeout) {
    return wait_until_caught_up(detail::wait_end::after(timeout));
  }
  /// Returns the position of the state: it covers every selected event before it.
  [[nodiscard]] cursor_position position() const;

  /// Folds all events again in the calling thread, then replaces the state. Readers see the old state meanwhile. Throws
  /// as `project` does; the old state then stays.
  void rebuild();

  /// Requests the thread to stop, and returns at once. The state stays readable and is saved.
  void stop();
  /// Waits until the thread has stopped or failed. Throws `errc::invalid_argument` in the thread itself and
  /// `errc::locked` in a forked child.
  void join();
  [[nodiscard]] bool is_running() const;
  /// Returns the reason of the failure; empty if the model has not failed.
  [[nodiscard]] std::string failure() const;
  /// Returns the reason why the last save failed; empty if it succeeded. The state in memory is not affected.
  [[nodiscard]] std::string saving_failure() const;
  /// Returns true if the model began with a saved state.
  [[nodiscard]] bool was_loaded() const;
  /// Returns the number of rebuilds, by `rebuild()` or after a compaction.
  [[nodiscard]] std::uint64_t rebuilds() const;

 protected:
  explicit any_read_model(std::shared_ptr<detail::model_body> of);
  any_read_model(any_read_model&&) noexcept = default;
  any_read_model& operator=(any_read_model&&) noexcept = default;
  ~any_read_model() = default;

  /// The state, which stays as it is meanwhile.
  [[nodiscard]] detail::model_reading read() const;

 private:
  [[nodiscard]] bool wait_until_visible(const receipt& of, const detail::wait_end& end);
  [[nodiscard]] bool wait_until_caught_up(const detail::wait_end& end);

  detail::owned_thread<detail::model_body> thread_;
};

/// One state over all events of a region, equal to the result of `store.project<State>(region)`, kept current.
template <projection State>
class read_model : public any_read_model {
 public:
  /// For the store, which makes it.
  explicit read_model(std::shared_ptr<detail::model_body> of) : any_read_model{std::move(of)} {}

  /// Returns a copy of the state. Throws `errc::cancelled` if the model has failed.
  [[nodiscard]] State state() const requires std::is_copy_constructible_v<State> {
    return read().template state<State>();
  }
  /// Calls `use(const State&)` without copying the state, and returns its result. The model and other readers wait
  /// meanwhile: `use` must be quick and must not call the model. Throws `errc::cancelled` if the model has failed.
  template <class Use>
  decltype(auto) with_state(Use&& use) const {
    const detail::model_reading now = read();
    return use(now.template state<State>());
  }
};

/// The state of each entity that has an event in a region, all kept current in memory. Each state equals the result of
/// `store.project<State>(entity)` over the events that the region selects.
template <projection State>
class entity_read_model : public any_read_model {
  using kept = typename detail::entity_model<State>::kept;

 public:
  /// For the store, which makes it.
  explicit entity_read_model(std::shared_ptr<detail::model_body> of) : any_read_model{std::move(of)} {}

  /// Returns a copy of the state of an entity; nothing if the region has no event of it. Throws `errc::cancelled` if
  /// the model has failed.
  [[nodiscard]] std::optional<State> find(std::string_view entity) const requires std::is_copy_constructible_v<State> {
    const detail::model_reading now = read();
    const kept& states = now.template state<kept>();
    const auto found = states.find(entity);
    return found == states.end() ? std::optional<State>{} : std::optional<State>{found->second};
  }
  /// Returns the number of entities. Throws `errc::cancelled` if the model has failed.
  [[nodiscard]] std::size_t size() const { return read().template state<kept>().size(); }
  /// Calls `visit(std::string_view entity, const State& state)` for each entity, ordered by name. All states belong to
  /// one position. The rules of `read_model::with_state` apply to `visit`.
  template <class Visit>
  void for_each(Visit&& visit) const {
    const detail::model_reading now = read();
    for (const auto& [entity, state] : now.template state<kept>()) visit(std::string_view{entity}, state);
  }
};

}  // namespace quipu::inline QUIPU_MODE
