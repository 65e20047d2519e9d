// SPDX-License-Identifier: BSL-1.0
//
// keyed_read_model.hpp: a read model with a state for each key, where the events say which keys they belong to.
//
//   struct sales {                                       // of one customer
//     using events = quipu::event_list<ordered, left>;
//     std::int64_t cents{};
//     void apply(const ordered& event) { cents += event.cents; }
//     void apply(const left&) {}
//     static constexpr bool ends(const left&) { return true; }
//   };
//   auto by_customer = store.read_model_by<sales>("sales", quipu::region::scope("shop"),
//                                                 [](const auto& event) { return event.customer; });
//   by_customer.find("Ada");
#pragma once

#include "../macros.hpp"
#include "../projection/projection.hpp"
#include "detail/keyed_model.hpp"
#include "detail/model_reading.hpp"
#include "read_model.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// The states of the keys that a region's events belong to, all kept current in memory.
///
/// `key_of(event)` returns the key of an event of each type that `State` lists: a text (kept as `std::string`) or any
/// other type that is encodable and totally ordered; a `std::optional` of that, or `std::nullopt`, for events that may
/// belong to no key; a range of keys for events that belong to several. It must depend on nothing but the event. If its
/// logic changes, raise the `version` of `State`, as for `apply`, or use another name: what was saved was made with the
/// old one.
///
/// The state of a key is `State{}` with all events of the key folded in, in the order of the log, that come after the
/// last one for which `State::ends(event)` is true. That event is not folded; with it, the key is gone from the model.
/// A key without an event after it has no state. `ends` is optional and matters to this kind of model alone.
///
/// What changed since the last save is saved in a part of its own, so a save takes time in proportion to the keys that
/// changed. All else is as `any_read_model` says.
template <projection State, class KeyOf>
class keyed_read_model : public any_read_model {
  using kept = typename detail::keyed_model<State, KeyOf>::kept;

 public:
  using key_type = typename kept::key;
  /// How a key is passed.
  using key_view = std::conditional_t<std::is_same_v<key_type, std::string>, std::string_view, const key_type&>;

  /// For the store, which makes it.
  explicit keyed_read_model(std::shared_ptr<detail::model_body> of) : any_read_model{std::move(of)} {}

  /// Returns a copy of the state of a key; nothing if the key has none. Throws `errc::cancelled` if the model has
  /// failed.
  [[nodiscard]] std::optional<State> find(key_view key) const requires std::is_copy_constructible_v<State> {
    const detail::model_reading now = read();
    const auto& entries = now.template state<kept>().entries();
    const auto found = entries.find(key);
    return found == entries.end() ? std::optional<State>{} : std::optional<State>{found->second.state};
  }
  /// Returns the number of keys. Throws `errc::cancelled` if the model has failed.
  [[nodiscard]] std::size_t size() const { return read().template state<kept>().entries().size(); }
  /// Calls `visit(key_view key, const State& state)` for each key, in their order. All states belong to one
  /// position. The rules of `read_model::with_state` apply to `visit`.
  template <class Visit>
  void for_each(Visit&& visit) const {
    const detail::model_reading now = read();
    for (const auto& [key, found] : now.template state<kept>().entries()) visit(key_view{key}, found.state);
  }
};

}  // namespace quipu::inline QUIPU_MODE
