// SPDX-License-Identifier: BSL-1.0
//
// pipeline.hpp: from a proposal to an event, past the gates:
//   const quipu::pipeline pipe{quipu::gate_set{limit_gate{}}};
//   auto verdict = pipe.evaluate(teller{100}, quipu::proposal{withdrawn{50}});
//   if (verdict.allowed()) pipe.commit(std::move(verdict).permit(), store, where);
// `commit` takes a permit or a `bypass`, and nothing else.
//
// A permit is bound to the type of the gates that gave it, and not to an object: every pipeline over the same types of
// gates takes it, so that pipelines can be copied, moved and made while compiling. Where two configurations of a gate
// mustn't stand in for each other, give them two types (`limit_gate<branch>`, `limit_gate<head_office>`), or let the
// limits be part of the context.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../outcome/outcome.hpp"
#include "bypass.hpp"
#include "gate_set.hpp"
#include "permit.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

struct append_options;  // of the journal: whoever has a store has it

/// What was committed to a store, and the store's receipt for it.
template <class Payload, class Receipt>
struct committed {
  Payload payload;
  Receipt receipt;
};

/// What was added to a batch, and the item it became: nothing is in a store before the batch is.
template <class Payload, class Item>
struct staged {
  Payload payload;
  Item item;
};

/// Never defined: their names are what the compiler says.
template <class Target, class Payload>
struct commit_needs_a_store_that_appends_this_event_or_a_batch_to_add_it_to;
template <class Payload>
struct commit_needs_a_permit_that_evaluate_gives_or_a_bypass_with_a_reason;
template <class Given>
struct commit_takes_its_permit_or_bypass_by_std_move_because_it_is_spent;
template <class Function, class Payload>
struct commit_calls_its_function_with_what_was_let_pass;
template <class Function, class Payload>
struct commit_of_a_bypass_calls_its_function_with_the_payload_and_the_reason;

namespace detail {

template <class Type>
inline constexpr bool is_gate_set = false;
template <class... Gates>
inline constexpr bool is_gate_set<gate_set<Gates...>> = true;

template <class Store, class Payload, class Options>
concept appends_events = requires(Store& store, const coordinate& where, const Payload& payload,
                                  const Options& options) {
  store.append(where, payload, options);
};
template <class Batch, class Payload, class Options>
concept collects_events = requires(Batch& batch, const coordinate& where, const Payload& payload,
                                   const Options& options) {
  batch.add(where, payload, options);
};

}  // namespace detail

/// Gates, and the way past them. Thread-safe where its gates are.
template <class GateSet>
class pipeline {
  static_assert(detail::is_gate_set<GateSet>, "a pipeline is made of a quipu::gate_set");

 public:
  constexpr explicit pipeline(GateSet gates) : gates_{std::move(gates)} {}

  [[nodiscard]] constexpr const GateSet& gates() const noexcept { return gates_; }
  /// The gates' names, in order.
  [[nodiscard]] static constexpr auto names() noexcept { return GateSet::names(); }

  /// As `gate_set::evaluate`: a permit, or the first denial.
  template <class Context, class Payload>
  [[nodiscard]] constexpr verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed) const {
    return gates_.evaluate(context, std::move(proposed));
  }
  /// As `gate_set::evaluate_all`: every denial.
  template <class Context, class Payload>
  [[nodiscard]] constexpr std::vector<denial> evaluate_all(const Context& context,
                                                           const proposal<Payload>& proposed) const {
    return gates_.evaluate_all(context, proposed);
  }

  // Each commit spends what it is given, also where it fails then: what was let pass may no longer be right, so ask
  // again. Each throws `errc::invalid_argument` for a permit or bypass that was spent before, and for a permit from
  // other gates, which stays good.

  /// `function(payload)`.
  template <class Payload, class Function>
  constexpr decltype(auto) commit(permit<Payload>&& given, Function&& function) const {
    if constexpr (std::is_invocable_v<Function, Payload>)
      return std::forward<Function>(function)(given.spend(GateSet::identity()));
    else
      static_cast<void>(sizeof(commit_calls_its_function_with_what_was_let_pass<Function, Payload>));
  }
  /// `function(payload, reason)`: the function gets the reason, so that it can be recorded.
  template <class Payload, class Function>
  constexpr decltype(auto) commit(bypassed<Payload>&& given, Function&& function) const {
    if constexpr (std::is_invocable_v<Function, Payload, std::string_view>)
      return std::forward<Function>(function)(given.spend(), given.reason());
    else
      static_cast<void>(
          sizeof(commit_of_a_bypass_calls_its_function_with_the_payload_and_the_reason<Function, Payload>));
  }

  /// Appends to whatever has a store's `append`, and returns a `committed`; or adds to whatever has a batch's `add`,
  /// and returns a `staged`. Throws what that throws. As durable as the options say, which are the store's own.
  template <class Payload, class Target, class Options = append_options>
  auto commit(permit<Payload>&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    return write(given.spend(GateSet::identity()), target, where, options);
  }
  /// The same for a bypass. Its reason becomes the event's `bypass_reason()`, in the place of one in the options.
  template <class Payload, class Target, class Options = append_options>
  auto commit(bypassed<Payload>&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    Options with_reason = options;
    with_reason.bypass_reason = std::string{given.reason()};
    return write(given.spend(), target, where, with_reason);
  }

  // What isn't committed, in words.
  template <class Payload, class... Rest>
  void commit(const proposal<Payload>&, const Rest&...) const {
    static_cast<void>(sizeof(commit_needs_a_permit_that_evaluate_gives_or_a_bypass_with_a_reason<Payload>));
  }
  template <class Payload, class... Rest>
  void commit(permit<Payload>&, const Rest&...) const {
    static_cast<void>(sizeof(commit_takes_its_permit_or_bypass_by_std_move_because_it_is_spent<permit<Payload>>));
  }
  template <class Payload, class... Rest>
  void commit(bypassed<Payload>&, const Rest&...) const {
    static_cast<void>(sizeof(commit_takes_its_permit_or_bypass_by_std_move_because_it_is_spent<bypassed<Payload>>));
  }

  /// As `commit`, for a permit or a bypass, but returns an outcome where that throws.
  template <class Given, class Target, class Options = append_options>
  auto try_commit(Given&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    return attempt([&] { return commit(std::forward<Given>(given), target, where, options); });
  }

 private:
  template <class Payload, class Target, class Options>
  static auto write(Payload&& payload, Target& target, const coordinate& where, const Options& options) {
    if constexpr (detail::appends_events<Target, Payload, Options>) {
      auto receipt = target.append(where, std::as_const(payload), options);
      return committed<Payload, decltype(receipt)>{std::forward<Payload>(payload), std::move(receipt)};
    } else if constexpr (detail::collects_events<Target, Payload, Options>) {
      auto item = target.add(where, std::as_const(payload), options);
      return staged<Payload, decltype(item)>{std::forward<Payload>(payload), std::move(item)};
    } else {
      static_cast<void>(sizeof(commit_needs_a_store_that_appends_this_event_or_a_batch_to_add_it_to<Target, Payload>));
    }
  }

  GateSet gates_;
};

template <class... Gates>
pipeline(gate_set<Gates...>) -> pipeline<gate_set<Gates...>>;

}  // namespace quipu
