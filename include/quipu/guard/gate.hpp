// SPDX-License-Identifier: BSL-1.0
//
// gate.hpp: the requirements on a gate. A gate is a named function object that allows or denies a proposal in a
// context:
//   struct limit_gate {
//     static constexpr std::string_view name = "limit";
//     constexpr std::optional<denial> operator()(const teller&, const withdrawn&) const;
//   };
#pragma once

#include "../core/detail/type_search.hpp"
#include "denial.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace quipu {
namespace detail {

template <class Gate>
concept has_gate_name = requires {
  { Gate::name } -> std::convertible_to<std::string_view>;
};

template <class Signature>
struct gate_signature;
template <class Gate, class Context, class Payload>
struct gate_signature<std::optional<denial> (Gate::*)(Context, Payload) const> {
  using context = std::remove_cvref_t<Context>;
  using payload = std::remove_cvref_t<Payload>;
};
template <class Gate, class Context, class Payload>
struct gate_signature<std::optional<denial> (Gate::*)(Context, Payload) const noexcept>
    : gate_signature<std::optional<denial> (Gate::*)(Context, Payload) const> {};

/// The context follows from the signature if the gate has one call operator that is not a template.
template <class Gate>
concept has_gate_signature = requires {
  typename gate_signature<decltype(&Gate::operator())>::context;
};

/// The context of a gate whose call operator is a template.
struct any_context {};

template <class Gate>
consteval auto find_gate_context() {
  if constexpr (has_gate_signature<Gate>)
    return std::type_identity<typename gate_signature<decltype(&Gate::operator())>::context>{};
  else
    return std::type_identity<any_context>{};
}

template <class Gate, class Context, class Payload>
concept judges = requires(const Gate& gate, const Context& context, const Payload& payload) {
  { gate(context, payload) } -> std::same_as<std::optional<denial>>;
};

template <class Type>
inline constexpr bool is_tuple = false;
template <class... Elements>
inline constexpr bool is_tuple<std::tuple<Elements...>> = true;

/// Returns the index in a tuple of the first element of a type or of a reference to it; the tuple's size if there is
/// none.
template <class Wanted, class... Elements>
consteval std::size_t place_in(std::type_identity<std::tuple<Elements...>>) {
  return first_true({std::is_same_v<std::remove_cvref_t<Elements>, Wanted>...});
}

}  // namespace detail

/// A type that can be an element of a `gate_set`.
template <class Gate>
concept gate = detail::has_gate_name<Gate> && std::is_class_v<Gate> && std::copy_constructible<Gate>;

/// The type of the context that a gate evaluates.
template <class Gate>
using gate_context = typename decltype(detail::find_gate_context<Gate>())::type;

}  // namespace quipu
