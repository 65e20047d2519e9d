// SPDX-License-Identifier: BSL-1.0
//
// brace_init.hpp: whether an aggregate can be initialised by given clauses. The language has no pack of empty braces,
// so each number of them is written out.
#pragma once

#include "type_list.hpp"

#include <cstddef>

namespace quipu::detail {

/// The most members that a plain aggregate may have. Also in the name of a refusal, and in decompose.hpp.
inline constexpr std::size_t member_limit = 64;

/// A value for unevaluated expressions.
template <class Type>
const Type& probe() noexcept;

/// Whether `Type{first..., {} (so many times), {braced}..., last...}` compiles. Each pair of braces stands for one
/// member, whatever its type is.
template <class Type, std::size_t empty, class... First, class... Braced, class... Last>
consteval bool takes_clauses(type_list<First...>, type_list<Braced...>, type_list<Last...>) {
  static_assert(empty <= member_limit + 1);
  // clang-format off
  if constexpr (empty == 0) {
    return requires { Type{probe<First>()..., {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 1) {
    return requires { Type{probe<First>()..., {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 2) {
    return requires { Type{probe<First>()..., {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 3) {
    return requires { Type{probe<First>()..., {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 4) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 5) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 6) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 7) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 8) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 9) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 10) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 11) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 12) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 13) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 14) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 15) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 16) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 17) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 18) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 19) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 20) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 21) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 22) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 23) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 24) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 25) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 26) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 27) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 28) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 29) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 30) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 31) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 32) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 33) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 34) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 35) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 36) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 37) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 38) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 39) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 40) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 41) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 42) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 43) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 44) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 45) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 46) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 47) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 48) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 49) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 50) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 51) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 52) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 53) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 54) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 55) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 56) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 57) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 58) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 59) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 60) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 61) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 62) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 63) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}..., probe<Last>()...}; };
  } else if constexpr (empty == 64) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  } else if constexpr (empty == 65) {
    return requires { Type{probe<First>()..., {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {probe<Braced>()}...,
      probe<Last>()...}; };
  }
  // clang-format on
}

/// Whether `Type{{} (so many times)}` compiles.
template <class Type, std::size_t empty>
inline constexpr bool takes_empty = takes_clauses<Type, empty>(type_list<>{}, type_list<>{}, type_list<>{});

/// Whether the member after the first `index` ones can be initialised by a `Value`.
template <class Type, std::size_t index, class Value>
inline constexpr bool takes_value = takes_clauses<Type, index>(type_list<>{}, type_list<>{}, type_list<Value>{});

/// Whether the member after the first `index` ones can be initialised by the list `{Value}`.
template <class Type, std::size_t index, class Value>
inline constexpr bool takes_braced = takes_clauses<Type, index>(type_list<>{}, type_list<Value>{}, type_list<>{});

}  // namespace quipu::detail
