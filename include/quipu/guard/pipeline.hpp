// SPDX-License-Identifier: BSL-1.0
//
// pipeline.hpp: evaluates the gates for a proposal and commits the allowed event:
//   const quipu::pipeline pipe{quipu::gate_set{limit_gate{}}};
//   auto verdict = pipe.evaluate(teller{100}, quipu::proposal{withdrawn{50}});
//   if (verdict.allowed()) pipe.commit(std::move(verdict).permit(), store, where);
// `commit` accepts only a permit or a `bypass`.
//
// A permit of a `gate_set` is bound to the types of the gates, not to objects: every pipeline with the same types
// accepts it, so that pipelines can be copied, moved and constants. If two configurations of a gate must not replace
// each other, use two types (`limit_gate<branch>`, `limit_gate<head_office>`), or make the limits part of the context.
#pragma once

#include "../coordinate/coordinate.hpp"
#include "../outcome/outcome.hpp"
#include "bypass.hpp"
#include "gate_set.hpp"
#include "permit.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

struct append_options;  // defined by the journal, and by any header with a store

/// The result of a commit to a store.
template <class Payload, class Receipt>
struct committed {
  Payload payload;
  Receipt receipt;

  /// As the receipt.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const committed& made) {
    return out << made.receipt;
  }
};

/// The result of adding to a batch. Nothing is stored before the batch is appended.
template <class Payload, class Item>
struct staged {
  Payload payload;
  Item item;
};

/// Not defined: their names are the compiler's error messages.
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
template <class Context, class Payload>
inline constexpr bool is_gate_set<dynamic_gate_set<Context, Payload>> = true;

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

/// A gate set with `commit`. Thread-safe if the gates are.
template <class GateSet>
class pipeline {
  static_assert(detail::is_gate_set<GateSet>, "a pipeline is made of a quipu::gate_set or a dynamic_gate_set");

 public:
  constexpr explicit pipeline(GateSet gates) : gates_{std::move(gates)} {}

  [[nodiscard]] constexpr const GateSet& gates() const noexcept { return gates_; }
  /// Returns the names of the gates, in order.
  [[nodiscard]] constexpr auto names() const { return gates_.names(); }

  /// Like `gate_set::evaluate`: returns a permit, or the first denial.
  template <class Context, class Payload>
  [[nodiscard]] constexpr verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed) const {
    return gates_.evaluate(context, std::move(proposed));
  }
  /// As above. A denial is also appended to a store, or added to a batch, as the event `denied`, in the same way as by
  /// `commit`; throws as that does. So the log tells what was refused.
  template <class Context, class Payload, class Target, class Options = append_options>
  [[nodiscard]] verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed, Target& target,
                                          const coordinate& where, const Options& options = {}) const {
    verdict<Payload> found = evaluate(context, std::move(proposed));
    if (!found.allowed()) static_cast<void>(write(as_event<Payload>(found.denied()), target, where, options));
    return found;
  }
  /// Like `gate_set::evaluate_all`: returns all denials.
  template <class Context, class Payload>
  [[nodiscard]] constexpr std::vector<denial> evaluate_all(const Context& context,
                                                           const proposal<Payload>& proposed) const {
    return gates_.evaluate_all(context, proposed);
  }

  // Each commit spends its permit or bypass, also if it fails: the decision may be outdated, so evaluate again. Each
  // throws `errc::invalid_argument` for a spent permit or bypass, and for a permit from other gates, which stays valid.

  /// Returns `function(payload)`.
  template <class Payload, class Function>
  constexpr decltype(auto) commit(permit<Payload>&& given, Function&& function) const {
    if constexpr (std::is_invocable_v<Function, Payload>)
      return std::forward<Function>(function)(given.spend(gates_.identity()));
    else
      static_cast<void>(sizeof(commit_calls_its_function_with_what_was_let_pass<Function, Payload>));
  }
  /// Returns `function(payload, reason)`; the function should record the reason.
  template <class Payload, class Function>
  constexpr decltype(auto) commit(bypassed<Payload>&& given, Function&& function) const {
    if constexpr (std::is_invocable_v<Function, Payload, std::string_view>)
      return std::forward<Function>(function)(given.spend(), given.reason());
    else
      static_cast<void>(
          sizeof(commit_of_a_bypass_calls_its_function_with_the_payload_and_the_reason<Function, Payload>));
  }

  /// Appends with the `append` of a store and returns a `committed`, or adds with the `add` of a batch and returns a
  /// `staged`. Throws as those do. The options determine the durability.
  template <class Payload, class Target, class Options = append_options>
  auto commit(permit<Payload>&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    return write(given.spend(gates_.identity()), target, where, options);
  }
  /// Like the overload above, for a bypass. Its reason replaces `bypass_reason` of the options.
  template <class Payload, class Target, class Options = append_options>
  auto commit(bypassed<Payload>&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    Options with_reason = options;
    with_reason.bypass_reason = std::string{given.reason()};
    return write(given.spend(), target, where, with_reason);
  }

  // Rejected arguments, with an error message.
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

  /// Like `commit`, for a permit or a bypass; returns an error as an outcome instead of throwing it.
  template <class Given, class Target, class Options = append_options>
  auto try_commit(Given&& given, Target& target, const coordinate& where, const Options& options = {}) const {
    return attempt([&] { return commit(std::forward<Given>(given), target, where, options); });
  }

 private:
  template <class Payload>
  static denied as_event(const denial& why) {
    if constexpr (event_type<Payload>)
      return {why, kind_of<Payload>};
    else
      return {why, std::nullopt};
  }

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

template <class GateSet>
pipeline(GateSet) -> pipeline<GateSet>;

}  // namespace quipu
