// SPDX-License-Identifier: BSL-1.0
//
// gate_set.hpp: an ordered set of gates, known at compile time. It does not allocate, makes no virtual calls, and works
// in constant expressions. Only a gate set creates permits.
#pragma once

#include "gate.hpp"
#include "permit.hpp"

#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/unpack.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {
namespace detail {

/// Its address identifies a type of gate set.
template <class GateSet>
inline constexpr char gate_set_identity = 0;

}  // namespace detail

/// Not defined: its name is the compiler's error message for a gate that does not fit.
template <class Gate, class Context, class Payload>
struct a_gate_must_accept_the_context_and_what_is_proposed;

namespace detail {

/// Calls a gate with the context, or with the element of a tuple that is its context.
template <class Gate, class Context, class Payload>
constexpr std::optional<denial> ask_gate(const Gate& gate, const Context& context, const Payload& payload) {
  if constexpr (judges<Gate, Context, Payload>) {
    return gate(context, payload);
  } else if constexpr (is_tuple<Context>) {
    constexpr std::size_t place = place_in<gate_context<Gate>>(std::type_identity<Context>{});
    if constexpr (place < std::tuple_size_v<Context>)
      return ask_gate(gate, std::get<place>(context), payload);
    else
      return static_cast<void>(sizeof(a_gate_must_accept_the_context_and_what_is_proposed<Gate, Context, Payload>)),
             std::nullopt;
  } else {
    return static_cast<void>(sizeof(a_gate_must_accept_the_context_and_what_is_proposed<Gate, Context, Payload>)),
           std::nullopt;
  }
}

}  // namespace detail

/// A set of gates, evaluated in the given order. Each gate must be callable as `gate(context, payload)`. If the context
/// is a std::tuple, a gate receives the element of its context type. Exceptions of a gate propagate. Thread-safe if the
/// gates are.
template <class... Gates>
class gate_set {
  static_assert(sizeof...(Gates) > 0,
                "a gate_set without a gate would let everything pass; use quipu::bypass, which needs a reason");
  static_assert((detail::has_gate_name<Gates> && ...),
                "every gate needs a name: static constexpr std::string_view name");
  static_assert((gate<Gates> && ...), "a gate is a class that can be copied and called");

 public:
  static constexpr std::size_t size = sizeof...(Gates);
  /// The context types of the gates, in order.
  using contexts = std::tuple<std::type_identity<gate_context<Gates>>...>;

  constexpr explicit gate_set(Gates... gates) : gates_{std::move(gates)...} {}

  /// Returns the names of the gates, in order.
  [[nodiscard]] static constexpr std::array<std::string_view, size> names() noexcept {
    return {std::string_view{Gates::name}...};
  }

  /// Evaluates the gates in order and stops at the first denial. Returns a permit if no gate denies.
  template <class Context, class Payload>
  [[nodiscard]] constexpr verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed) const {
    std::optional<denial> found;
    boost::hana::unpack(gates_, [&](const Gates&... gates) {
      static_cast<void>(((found = detail::ask_gate(gates, context, proposed.payload())) || ...));
    });
    if (found) return verdict<Payload>{std::move(*found)};
    return verdict<Payload>{permit<Payload>{std::move(proposed).payload(), identity()}};
  }

  /// Evaluates every gate. Returns all denials, in order; none if `evaluate` returns a permit.
  template <class Context, class Payload>
  [[nodiscard]] constexpr std::vector<denial> evaluate_all(const Context& context,
                                                           const proposal<Payload>& proposed) const {
    std::vector<denial> found;
    boost::hana::for_each(gates_, [&](const auto& gate) {
      if (std::optional<denial> denied = detail::ask_gate(gate, context, proposed.payload()))
        found.push_back(std::move(*denied));
    });
    return found;
  }

 private:
  template <class GateSet>
  friend class pipeline;

  static constexpr detail::gate_set_id identity() noexcept { return {&detail::gate_set_identity<gate_set>}; }

  boost::hana::basic_tuple<Gates...> gates_;
};

template <class... Gates>
gate_set(Gates...) -> gate_set<Gates...>;

}  // namespace quipu
