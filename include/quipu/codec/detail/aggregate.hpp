// SPDX-License-Identifier: BSL-1.0
//
// aggregate.hpp: how many members an aggregate has, and whether all of them can be reached. Structured bindings reach
// them, and the wrong number of bindings is an error in the compiler's words, so everything that could go wrong with
// them is asked before, by what can initialise the aggregate.
#pragma once

#include "brace_init.hpp"
#include "decompose.hpp"
#include "type_list.hpp"

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail {

/// The number of members up to the first one that empty braces can't initialise; `member_limit + 1` for more.
/// Precondition: `Type{}` compiles. Empty braces are tried, not values that convert to anything: each pair stands for
/// one member, arrays and nested structs included, and no constructor template of a member's type is tempted.
template <class Type>
consteval std::size_t count_members() {
  return find_empty<false, member_limit + 2, Type>() - 1;
}

template <class Type>
inline constexpr std::size_t member_count = count_members<Type>();

// Values that initialise some members and not others. They exist in unevaluated expressions only.
struct any_value {
  template <class Member>
  operator Member() const;
};
struct any_reference {
  template <class Member>
  operator Member&() const;
};
template <class Excluded>
struct any_value_but {
  template <class Member>
  requires(!std::is_same_v<Member, Excluded>) operator Member() const;
};
template <class Derived>
struct base_value {
  template <class Base>
  requires(std::is_base_of_v<Base, Derived> && !std::is_same_v<Base, Derived>) operator Base() const;
};
/// Initialises what is constructible from anything.
struct unrelated_value {};

/// An anonymous union is a member whose type has no name, and so is a named member of such a type.
template <class Type>
consteval bool has_no_name() {
#if defined(__GNUC__) || defined(__clang__)
  const std::string_view text = __PRETTY_FUNCTION__;
  return text.find("<unnamed union>") != text.npos || text.find("(anonymous union") != text.npos ||
         text.find("(unnamed union") != text.npos;
#else
  return true;
#endif
}
template <class Type>
concept unnamed_union = std::is_union_v<Type> && has_no_name<Type>();

struct unnamed_union_value {
  template <class Member>
  requires unnamed_union<Member>
  operator Member() const;
};

template <class Type, class Value>
concept begins_with = requires {
  Type{probe<Value>()};
};

/// Whether the aggregate has a base class. It takes a value that converts to its base classes alone, unless the base is
/// constructible from anything, which makes the conversion ambiguous. A first member takes both values or neither.
template <class Type>
inline constexpr bool has_base_class = begins_with<Type, base_value<Type>> != begins_with<Type, unrelated_value>;

/// Has no default, so that an initialiser without a clause for it does not compile.
struct end_mark {
  explicit end_mark(int);
};
template <class Type>
struct marked_aggregate {
  Type object;
  end_mark end;
};

/// Whether the clauses for `count` members leave the next one to what follows the aggregate: there are no more members.
/// The braces around the aggregate are left out for that, so the first clause must not be one in braces.
template <class Type, std::size_t count>
inline constexpr bool ends_after = takes_clauses<marked_aggregate<Type>, count - 1>(type_list<any_value_but<Type>>{},
                                                                                    type_list<>{},
                                                                                    type_list<end_mark>{});

/// Whether `ends_after` can be believed when it says no: its first clause stands for the first member, and not for the
/// first element of an array.
template <class Type, std::size_t count>
consteval bool first_clause_fits() {
  using first = type_list<any_value_but<Type>>;
  return takes_clauses<Type, count - 1>(first{}, type_list<>{}, type_list<>{}) &&
         !takes_clauses<Type, count>(first{}, type_list<>{}, type_list<>{});
}

/// Whether `member_count` is the number of all members, and no member is behind one that empty braces can't initialise.
template <class Type>
consteval bool has_counted_all() {
  constexpr std::size_t count = member_count<Type>;
  if constexpr (count == 0)
    return std::is_empty_v<Type>;
  else if constexpr (ends_after<Type, count>)
    return true;
  else if constexpr (first_clause_fits<Type, count>())
    return false;
  else
    return !takes_value<Type, count, any_value> && !takes_value<Type, count, any_reference> &&
           !takes_value<Type, count, unrelated_value>;
}

/// Whether one of the members is an anonymous union. A nested struct that begins with one takes the value in braces
/// too.
template <class Type, std::size_t... indices>
consteval bool has_unnamed_union(std::index_sequence<indices...>) {
  if constexpr (find_empty<true, sizeof...(indices), Type, unnamed_union_value>() == sizeof...(indices))
    return false;
  else
    return ((takes_value<Type, indices, unnamed_union_value> && !takes_braced<Type, indices, unnamed_union_value>) ||
            ...);
}

}  // namespace quipu::detail
