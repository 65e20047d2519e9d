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

/// The first number of pairs of braces for which it is as `wanted`, true or false, whether `Type{{} (so many times),
/// value...}` compiles. `limit` if it is for no smaller number. All in one function: an instantiation for each number
/// would cost a struct more than all that is asked here.
template <bool wanted, std::size_t limit, class Type, class... Value>
consteval std::size_t find_empty() {
  static_assert(limit <= member_limit + 2);
  // clang-format off
  if constexpr (limit == 0 || requires { Type{probe<Value>()...}; } == wanted) {
    return 0;
  } else if constexpr (limit == 1 || requires { Type{{}, probe<Value>()...}; } == wanted) {
    return 1;
  } else if constexpr (limit == 2 || requires { Type{{}, {}, probe<Value>()...}; } == wanted) {
    return 2;
  } else if constexpr (limit == 3 || requires { Type{{}, {}, {}, probe<Value>()...}; } == wanted) {
    return 3;
  } else if constexpr (limit == 4 || requires { Type{{}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 4;
  } else if constexpr (limit == 5 || requires { Type{{}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 5;
  } else if constexpr (limit == 6 || requires { Type{{}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 6;
  } else if constexpr (limit == 7 || requires { Type{{}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 7;
  } else if constexpr (limit == 8 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 8;
  } else if constexpr (limit == 9 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 9;
  } else if constexpr (limit == 10 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 10;
  } else if constexpr (limit == 11 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 11;
  } else if constexpr (limit == 12 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 12;
  } else if constexpr (limit == 13 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 13;
  } else if constexpr (limit == 14 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 14;
  } else if constexpr (limit == 15 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 15;
  } else if constexpr (limit == 16 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 16;
  } else if constexpr (limit == 17 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, probe<Value>()...}; } == wanted) {
    return 17;
  } else if constexpr (limit == 18 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, probe<Value>()...}; } == wanted) {
    return 18;
  } else if constexpr (limit == 19 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 19;
  } else if constexpr (limit == 20 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 20;
  } else if constexpr (limit == 21 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 21;
  } else if constexpr (limit == 22 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 22;
  } else if constexpr (limit == 23 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 23;
  } else if constexpr (limit == 24 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 24;
  } else if constexpr (limit == 25 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 25;
  } else if constexpr (limit == 26 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 26;
  } else if constexpr (limit == 27 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 27;
  } else if constexpr (limit == 28 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 28;
  } else if constexpr (limit == 29 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 29;
  } else if constexpr (limit == 30 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 30;
  } else if constexpr (limit == 31 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 31;
  } else if constexpr (limit == 32 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 32;
  } else if constexpr (limit == 33 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 33;
  } else if constexpr (limit == 34 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 34;
  } else if constexpr (limit == 35 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 35;
  } else if constexpr (limit == 36 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 36;
  } else if constexpr (limit == 37 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 37;
  } else if constexpr (limit == 38 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 38;
  } else if constexpr (limit == 39 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 39;
  } else if constexpr (limit == 40 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 40;
  } else if constexpr (limit == 41 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 41;
  } else if constexpr (limit == 42 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 42;
  } else if constexpr (limit == 43 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 43;
  } else if constexpr (limit == 44 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 44;
  } else if constexpr (limit == 45 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, probe<Value>()...}; } == wanted) {
    return 45;
  } else if constexpr (limit == 46 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, probe<Value>()...}; } == wanted) {
    return 46;
  } else if constexpr (limit == 47 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 47;
  } else if constexpr (limit == 48 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 48;
  } else if constexpr (limit == 49 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 49;
  } else if constexpr (limit == 50 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 50;
  } else if constexpr (limit == 51 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 51;
  } else if constexpr (limit == 52 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 52;
  } else if constexpr (limit == 53 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 53;
  } else if constexpr (limit == 54 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 54;
  } else if constexpr (limit == 55 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 55;
  } else if constexpr (limit == 56 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 56;
  } else if constexpr (limit == 57 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 57;
  } else if constexpr (limit == 58 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 58;
  } else if constexpr (limit == 59 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 59;
  } else if constexpr (limit == 60 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 60;
  } else if constexpr (limit == 61 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 61;
  } else if constexpr (limit == 62 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 62;
  } else if constexpr (limit == 63 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, probe<Value>()...}; } == wanted) {
    return 63;
  } else if constexpr (limit == 64 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 64;
  } else if constexpr (limit == 65 || requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
      probe<Value>()...}; } == wanted) {
    return 65;
  } else {
    return limit;
  }
  // clang-format on
}

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

/// Whether the member after the first `index` ones can be initialised by a `Value`.
template <class Type, std::size_t index, class Value>
inline constexpr bool takes_value = takes_clauses<Type, index>(type_list<>{}, type_list<>{}, type_list<Value>{});

/// Whether the member after the first `index` ones can be initialised by the list `{Value}`.
template <class Type, std::size_t index, class Value>
inline constexpr bool takes_braced = takes_clauses<Type, index>(type_list<>{}, type_list<Value>{}, type_list<>{});

}  // namespace quipu::detail
