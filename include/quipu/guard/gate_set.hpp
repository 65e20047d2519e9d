// SPDX-License-Identifier: BSL-1.0
//
// gate_set.hpp: gates in a row, as a tuple that is fixed while compiling: no allocation, no virtual call, and usable in
// constant expressions. The one thing that makes permits.
#pragma once

#include "gate.hpp"
#include "permit.hpp"

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

/// Its address tells one type of gate set from another.
template <class GateSet>
inline constexpr char gate_set_identity = 0;

}  // namespace detail

/// Never defined: its name is what the compiler says when a gate doesn't fit.
template <class Gate, class Context, class Payload>
struct a_gate_must_accept_the_context_and_what_is_proposed;

/// Gates, evaluated in the order given. Each must accept the context and what is proposed: `gate(context, payload)`; where the
/// context is a std::tuple, a gate gets the element of the type it looks at. What a gate throws goes through.
/// Thread-safe where its gates are.
template <class... Gates>
class gate_set {
  static_assert(sizeof...(Gates) > 0, "a gate_set without a gate would let everything pass; use quipu::bypass, which needs a reason");
  static_assert((detail::has_gate_name<Gates> && ...), "every gate needs a name: static constexpr std::string_view name");
  static_assert((gate<Gates> && ...), "a gate is a class that can be copied and called");

 public:
  static constexpr std::size_t size = sizeof...(Gates);
  /// What each gate looks at, in order.
  using contexts = std::tuple<std::type_identity<gate_context<Gates>>...>;

  constexpr explicit gate_set(Gates... gates) : gates_{std::move(gates)...} {}

  /// The gates' names, in order.
  [[nodiscard]] static constexpr std::array<std::string_view, size> names() noexcept { return {std::string_view{Gates::name}...}; }

  /// Asks the gates in order, up to the first denial. A permit comes only where none denied.
  template <class Context, class Payload>
  [[nodiscard]] constexpr verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed) const {
    if (std::optional<denial> found = first_denial<0>(context, proposed.payload())) return verdict<Payload>{std::move(*found)};
    return verdict<Payload>{permit<Payload>{std::move(proposed).payload(), identity()}};
  }

  /// Asks every gate and returns all denials, in order; empty where `evaluate` would allow.
  template <class Context, class Payload>
  [[nodiscard]] constexpr std::vector<denial> evaluate_all(const Context& context, const proposal<Payload>& proposed) const {
    std::vector<denial> found;
    collect<0>(context, proposed.payload(), found);
    return found;
  }

 private:
  template <class GateSet>
  friend class pipeline;

  static constexpr const void* identity() noexcept { return &detail::gate_set_identity<gate_set>; }

  template <std::size_t index, class Context, class Payload>
  constexpr std::optional<denial> ask(const Context& context, const Payload& payload) const {
    using asked = std::tuple_element_t<index, std::tuple<Gates...>>;
    if constexpr (detail::judges<asked, Context, Payload>) {
      return std::get<index>(gates_)(context, payload);
    } else if constexpr (detail::is_tuple<Context>) {
      constexpr std::size_t place = detail::place_in<gate_context<asked>>(std::type_identity<Context>{});
      if constexpr (place < std::tuple_size_v<Context>) return ask<index>(std::get<place>(context), payload);
      else return static_cast<void>(sizeof(a_gate_must_accept_the_context_and_what_is_proposed<asked, Context, Payload>)), std::nullopt;
    } else {
      return static_cast<void>(sizeof(a_gate_must_accept_the_context_and_what_is_proposed<asked, Context, Payload>)), std::nullopt;
    }
  }

  template <std::size_t index, class Context, class Payload>
  constexpr std::optional<denial> first_denial(const Context& context, const Payload& payload) const {
    std::optional<denial> found = ask<index>(context, payload);
    if constexpr (index + 1 < size) {
      if (!found) return first_denial<index + 1>(context, payload);
    }
    return found;
  }

  template <std::size_t index, class Context, class Payload>
  constexpr void collect(const Context& context, const Payload& payload, std::vector<denial>& found) const {
    if (std::optional<denial> denied = ask<index>(context, payload)) found.push_back(std::move(*denied));
    if constexpr (index + 1 < size) collect<index + 1>(context, payload, found);
  }

  std::tuple<Gates...> gates_;
};

template <class... Gates>
gate_set(Gates...) -> gate_set<Gates...>;

}  // namespace quipu
