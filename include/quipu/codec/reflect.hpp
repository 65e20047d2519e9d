// SPDX-License-Identifier: BSL-1.0
//
// reflect.hpp: the members of a plain aggregate, and their names, without a macro. Members are counted by how many
// empty braces the aggregate takes, reached through structured bindings, and named by what the compiler calls a pointer
// to them. All of it happens while compiling. `fault_of` tells why the members of an aggregate can't be reached;
// nothing else here may be asked of an aggregate that has a fault. Compilers that print such pointers in another way
// than GCC and Clang do can't name members: there, adapt the struct with Boost.Hana.
#pragma once

#include "detail/aggregate.hpp"
#include "detail/decompose.hpp"
#include "detail/type_list.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail {

// An object that is declared and never defined: its address and those of its members are constants all the same.
template <class Type>
struct member_witness {
  Type value;
};

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif

template <class Type>
extern member_witness<Type> quipu_member_witness;

template <std::size_t index, class Member>
struct member_pointer {
  Member* pointer;
};

template <class Indices, class... Members>
struct member_pointers;

template <std::size_t... indices, class... Members>
struct member_pointers<std::index_sequence<indices...>, Members...> : member_pointer<indices, Members>... {};

template <std::size_t index, class Member>
constexpr member_pointer<index, Member> pointer_at(const member_pointer<index, Member>& found) {
  return found;
}

// References to const bind to every member. One that binds to a copy, of a bit-field for example, leaves no constant.
struct take_addresses {
  template <class... Members>
  constexpr auto operator()(const Members&... members) const {
    return member_pointers<std::index_sequence_for<Members...>, Members...>{
        {const_cast<Members*>(std::addressof(members))}...};
  }
};

template <class Type>
constexpr auto point_to_members() {
  return visit_plain_members<member_count<Type>>(quipu_member_witness<Type>.value, take_addresses{});
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/// Whether references bind to all members. They don't bind to a bit-field, GCC binds none to a packed member, and where
/// a member that is a reference refers to isn't known.
template <class Type>
concept has_bindable_members = requires {
  typename std::bool_constant<(static_cast<void>(point_to_members<Type>()), true)>;
};

struct list_member_types {
  template <class... Members>
  constexpr type_list<Members...> operator()(Members&...) const {
    return {};
  }
};

/// The types of the members of an aggregate, as a `type_list`. References must bind to all of them.
template <class Type>
using plain_members_of = decltype(visit_plain_members<member_count<Type>>(std::declval<Type&>(), list_member_types{}));

template <class... Members>
consteval std::size_t largest_alignment(type_list<Members...>) {
  std::size_t largest = 1;
  for (const std::size_t alignment : {std::size_t{1}, alignof(Members)...}) {
    if (alignment > largest) largest = alignment;
  }
  return largest;
}

/// Whether an attribute took the alignment from a member that its type wants.
template <class Type>
consteval bool is_packed_tighter() {
  return largest_alignment(plain_members_of<Type>{}) > alignof(Type);
}

/// Why the members of an aggregate can't be reached.
enum class aggregate_fault : unsigned char {
  none,
  tuple_like,         ///< structured bindings use its `std::tuple_size`
  no_default,         ///< `Type{}` does not compile
  base_class,         ///< its members aren't all its own
  too_many_members,   ///< more than `member_limit`
  uncounted_member,   ///< empty braces don't initialise one of them
  unnamed_union,      ///< structured bindings don't reach the members of an anonymous union
  unbindable_member,  ///< no reference binds to one of them
  packed_member,      ///< one of them isn't aligned as its type wants
};

template <class Type>
concept tuple_like = requires {
  std::tuple_size<Type>::value;
};

template <class Type>
consteval aggregate_fault find_fault() {
  if constexpr (tuple_like<Type>)
    return aggregate_fault::tuple_like;
  else if constexpr (!requires { Type{}; })
    return aggregate_fault::no_default;
  else if constexpr (has_base_class<Type>)
    return aggregate_fault::base_class;
  else if constexpr (member_count<Type> > member_limit)
    return aggregate_fault::too_many_members;
  else if constexpr (!has_counted_all<Type>())
    return aggregate_fault::uncounted_member;
  else if constexpr (has_unnamed_union<Type>(std::make_index_sequence<member_count<Type>>{}))
    return aggregate_fault::unnamed_union;
  else if constexpr (!has_bindable_members<Type>)
    return aggregate_fault::unbindable_member;
  else if constexpr (is_packed_tighter<Type>())
    return aggregate_fault::packed_member;
  else
    return aggregate_fault::none;
}

/// Precondition: the type is an aggregate class.
template <class Type>
inline constexpr aggregate_fault fault_of = find_fault<Type>();

/// An aggregate all of whose members can be reached.
template <class Type>
concept plain_aggregate = std::is_class_v<Type> && std::is_aggregate_v<Type> && fault_of<Type>
== aggregate_fault::none;

/// The compiler's description of all member pointers at once: one instantiation for a struct, not one for each member.
template <class Type, auto... pointers>
consteval std::string_view describe_member_pointers() {
#if defined(__GNUC__) || defined(__clang__)
  return {__PRETTY_FUNCTION__, sizeof __PRETTY_FUNCTION__ - 1};
#else
  return {};
#endif
}

template <class Type, std::size_t... indices>
consteval std::string_view describe_members(std::index_sequence<indices...>) {
  constexpr auto pointers = point_to_members<Type>();
  return describe_member_pointers<Type, pointer_at<indices>(pointers)...>();
}

constexpr bool is_identifier_character(char letter) noexcept {
  // Anything outside ASCII is part of a name written in UTF-8.
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || static_cast<unsigned char>(letter) >= 0x80;
}

/// Reads names from the description of member pointers. Each pointer reads `{&quipu_member_witness<...>...NAME}` or
/// `{(& ...quipu_member_witness<...>...NAME)}`. It is interpreted by a compiler for each type, and so takes few steps
/// for a character.
class member_name_reader {
 public:
  constexpr explicit member_name_reader(std::string_view text) noexcept
      : at_{text.data()}, end_{text.data() + text.size()} {}

  /// The next name; empty if there is none.
  constexpr std::string_view next() noexcept {
    if (!skip_mark() || !find_close()) return {};
    const char* last = at_;
    while (last[-1] == ')') --last;
    const char* first = last;
    while (is_identifier_character(first[-1])) --first;
    return {first, static_cast<std::size_t>(last - first)};
  }

 private:
  static constexpr std::string_view mark = "quipu_member_witness";

  constexpr bool skip_mark() noexcept {
    for (; at_ != end_; ++at_) {
      if (*at_ != mark[0] || std::string_view{at_, static_cast<std::size_t>(end_ - at_)}.substr(0, mark.size()) != mark)
        continue;
      at_ += mark.size();
      return true;
    }
    return false;
  }
  /// To the brace that ends a pointer.
  constexpr bool find_close() noexcept {
    for (; at_ != end_; ++at_) {
#if defined(__clang__)
      if (*at_ == '}') return true;
#else
      if (*at_ == '}' && at_[-1] == ')') return true;
#endif
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

/// The names of the members of a plain aggregate, as written.
template <class Type>
consteval auto find_member_names() {
  constexpr std::size_t count = member_count<Type>;
  std::array<std::string_view, count> names{};
  if constexpr (count != 0) {
    member_name_reader reader{describe_members<Type>(std::make_index_sequence<count>{})};
    for (std::string_view& name : names) name = reader.next();
  }
  return names;
}

}  // namespace quipu::detail
