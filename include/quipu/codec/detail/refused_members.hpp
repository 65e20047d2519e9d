// SPDX-License-Identifier: BSL-1.0
//
// refused_members.hpp: why the members of an aggregate can't be reached, in words: the struct and, where it can be
// found, the type of the member. As in refusals.hpp, each sentence is a class template that is never defined.
#pragma once

#include "../reflect.hpp"
#include "../schema.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace quipu {

template <class Owner, class Member>
struct a_reference_has_no_encoding_store_the_value;
template <class Owner, class Member>
struct a_const_member_cannot_be_decoded_remove_the_const;
template <class Owner, class Member>
struct a_union_has_no_encoding_use_std_variant;
template <class Owner, class Member>
struct a_bit_field_has_no_encoding_use_a_whole_integer;
template <class Owner, class Member>
struct a_bit_field_or_a_reference_has_no_encoding_store_the_value;
template <class Owner, class Member>
struct a_packed_member_has_no_encoding_remove_the_attribute_that_packs_the_struct;
template <class Owner, class Member>
struct a_struct_with_a_std_tuple_size_has_no_encoding_remove_it_or_adapt_the_struct_with_hana;
template <class Owner, class Member>
struct a_struct_with_a_base_class_has_no_encoding_make_the_base_a_member_or_adapt_it_with_hana_or_write_serialize;
template <class Owner, class Member>
struct a_struct_of_more_than_64_members_has_no_encoding_nest_structs_or_adapt_it_with_hana_or_write_serialize;
template <class Owner, class Member>
struct a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana;
template <class Owner, class Member>
struct a_type_that_cannot_be_default_constructed_cannot_be_decoded;

namespace detail {

// The compiler tells the type of a member that empty braces don't initialise only by the conversion of a value to it.
// These values refuse the type to which they are converted: the constraint of the conversion instantiates the sentence.
template <class Sentence>
struct refusal {
  static constexpr bool made = true;
  char size[sizeof(Sentence)];
};
template <class Owner>
struct refuses_value {
  template <class Member>
  requires(
      refusal<
          a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana<Owner, Member>>::made)
  operator Member() const;
};
template <class Owner>
struct refuses_reference {
  template <class Member>
  requires(refusal<a_reference_has_no_encoding_store_the_value<Owner, Member&>>::made) operator Member&() const;
};
template <class Owner>
struct refuses_unnamed_union {
  template <class Member>
  requires(unnamed_union<Member>&& refusal<a_union_has_no_encoding_use_std_variant<Owner, Member>>::made)
  operator Member() const;
};

/// The error for the member after the first `index` ones, which empty braces don't initialise. False if it isn't known.
template <class Type, std::size_t index>
consteval bool refuse_without_default() {
  if constexpr (takes_value<Type, index, any_value>) {
    static_cast<void>(takes_value<Type, index, refuses_value<Type>>);
    return true;
  } else if constexpr (takes_value<Type, index, any_reference>) {
    static_cast<void>(takes_value<Type, index, refuses_reference<Type>>);
    return true;
  } else {
    return false;
  }
}

template <class Type, std::size_t... indices>
consteval bool refuse_first_without_default(std::index_sequence<indices...>) {
  return (refuse_without_default<Type, indices>() || ...);
}

template <class Type, std::size_t... indices>
consteval bool refuse_unnamed_unions(std::index_sequence<indices...>) {
  return (takes_value<Type, indices, refuses_unnamed_union<Type>> || ...);
}

template <class Member>
inline constexpr bool can_be_bit_field = std::is_integral_v<Member> || std::is_enum_v<Member>;

/// The type of the members that can be bit-fields, or `Owner` if there are several such types.
template <class Owner>
consteval auto find_bit_field(type_list<>) {
  return std::type_identity<Owner>{};
}
template <class Owner, class First, class... Rest>
consteval auto find_bit_field(type_list<First, Rest...>) {
  if constexpr (!can_be_bit_field<First>)
    return find_bit_field<Owner>(type_list<Rest...>{});
  else if constexpr (((!can_be_bit_field<Rest> || std::is_same_v<First, Rest>)&&...))
    return std::type_identity<First>{};
  else
    return std::type_identity<Owner>{};
}

/// The error for a struct with a member that no reference binds to. `Unread`: the members that aren't looked at yet.
template <class Owner, class All>
constexpr void refuse_unbindable(All all, type_list<>) {
  using found = typename decltype(find_bit_field<Owner>(all))::type;
  static_cast<void>(sizeof(a_bit_field_has_no_encoding_use_a_whole_integer<Owner, found>));
}
template <class Owner, class All, class Member, class... Unread>
constexpr void refuse_unbindable(All all, type_list<Member, Unread...>) {
  if constexpr (std::is_reference_v<Member>)
    static_cast<void>(sizeof(a_reference_has_no_encoding_store_the_value<Owner, Member>));
  else if constexpr (std::is_volatile_v<Member>)
    static_cast<void>(sizeof(a_const_member_cannot_be_decoded_remove_the_const<Owner, Member>));
  else if constexpr (alignof(Member) > alignof(Owner))
    static_cast<void>(
        sizeof(a_packed_member_has_no_encoding_remove_the_attribute_that_packs_the_struct<Owner, Member>));
  else
    refuse_unbindable<Owner>(all, type_list<Unread...>{});
}

/// The error for a struct whose first of these members isn't aligned as its type wants.
template <class Owner, class Member, class... Rest>
constexpr void refuse_packed(type_list<Member, Rest...>) {
  if constexpr (alignof(Member) > alignof(Owner))
    static_cast<void>(
        sizeof(a_packed_member_has_no_encoding_remove_the_attribute_that_packs_the_struct<Owner, Member>));
  else
    refuse_packed<Owner>(type_list<Rest...>{});
}

/// Makes the one error for an aggregate with a fault, which is a part of `Owner`.
template <class Owner, class Type>
constexpr void refuse_members() {
  constexpr aggregate_fault why = fault_of<Type>;
  if constexpr (why == aggregate_fault::tuple_like) {
    static_cast<void>(
        sizeof(a_struct_with_a_std_tuple_size_has_no_encoding_remove_it_or_adapt_the_struct_with_hana<Owner, Type>));
  } else if constexpr (why == aggregate_fault::no_default) {
    if constexpr (!refuse_first_without_default<Type>(std::make_index_sequence<member_limit>{}))
      static_cast<void>(sizeof(a_type_that_cannot_be_default_constructed_cannot_be_decoded<Owner, Type>));
  } else if constexpr (why == aggregate_fault::base_class) {
    static_cast<void>(sizeof(
        a_struct_with_a_base_class_has_no_encoding_make_the_base_a_member_or_adapt_it_with_hana_or_write_serialize<
            Owner, Type>));
  } else if constexpr (why == aggregate_fault::too_many_members) {
    static_cast<void>(sizeof(
        a_struct_of_more_than_64_members_has_no_encoding_nest_structs_or_adapt_it_with_hana_or_write_serialize<Owner,
                                                                                                               Type>));
  } else if constexpr (why == aggregate_fault::uncounted_member) {
    if constexpr (!refuse_without_default<Type, member_count<Type>>())
      static_cast<void>(
          sizeof(a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana<Owner, Type>));
  } else if constexpr (why == aggregate_fault::unnamed_union) {
    static_cast<void>(refuse_unnamed_unions<Type>(std::make_index_sequence<member_count<Type>>{}));
  } else if constexpr (member_count<Type> > declared_types_limit) {
    static_cast<void>(sizeof(a_bit_field_or_a_reference_has_no_encoding_store_the_value<Owner, Type>));
  } else {
    using declared = decltype(list_declared_types<member_count<Type>>(std::declval<Type&>()));
    if constexpr (why == aggregate_fault::packed_member)
      refuse_packed<Type>(declared{});
    else
      refuse_unbindable<Type>(declared{}, declared{});
  }
}

}  // namespace detail
}  // namespace quipu
