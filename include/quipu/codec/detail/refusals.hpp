// SPDX-License-Identifier: BSL-1.0
//
// refusals.hpp: why a type has no encoding, in words. Each sentence is a class template that is never defined: naming
// its size is one error, and the compiler prints the sentence with the types concerned, the owner first.
#pragma once

#include "../schema.hpp"
#include "refused_members.hpp"

#include <cstddef>

namespace quipu {

template <class Owner, class Member>
struct a_c_array_is_encoded_as_a_member_only_use_std_array;
template <class Owner, class Member>
struct a_c_array_of_unknown_size_has_no_encoding_use_std_vector;
template <class Owner, class Member>
struct a_pointer_has_no_encoding_store_the_value_or_an_id;
template <class Owner, class Member>
struct a_string_view_has_no_encoding_use_std_string;
template <class Owner, class Member>
struct a_number_of_this_type_differs_between_platforms_use_std_int64_t_or_another_fixed_width_type;
template <class Owner, class Member>
struct a_time_point_of_this_clock_has_no_encoding_use_system_clock_or_steady_clock;
template <class Owner, class Member>
struct a_variant_of_more_than_255_alternatives_has_no_encoding;
template <class Owner, class Member>
struct a_schema_name_and_a_schema_version_must_be_static_constexpr_rename_members_that_are_not;
template <class Owner, class Member>
struct a_hana_accessor_must_return_a_reference_to_the_member;
template <class Owner, class Member>
struct
    the_shape_of_this_type_cannot_be_derived_give_it_a_schema_name_and_a_schema_version_or_make_has_serialize_false;
template <class Owner, class Member>
struct a_recursive_type_needs_a_schema_name_and_a_schema_version;
template <class Owner, class Member>
struct a_type_of_this_kind_has_no_encoding_make_it_an_aggregate_or_adapt_it_with_hana_or_write_serialize;

namespace detail {

/// Makes the one error for a part whose shape is a refusal, or that contains itself without a name.
template <class Owner, class Member>
constexpr void refuse() {
  constexpr shape why = shape_of<Member>;
  if constexpr (why == shape::refused_reference) {
    static_cast<void>(sizeof(a_reference_has_no_encoding_store_the_value<Owner, Member>));
  } else if constexpr (why == shape::refused_c_array) {
    static_cast<void>(sizeof(a_c_array_of_unknown_size_has_no_encoding_use_std_vector<Owner, Member>));
  } else if constexpr (why == shape::refused_const) {
    static_cast<void>(sizeof(a_const_member_cannot_be_decoded_remove_the_const<Owner, Member>));
  } else if constexpr (why == shape::refused_pointer) {
    static_cast<void>(sizeof(a_pointer_has_no_encoding_store_the_value_or_an_id<Owner, Member>));
  } else if constexpr (why == shape::refused_view) {
    static_cast<void>(sizeof(a_string_view_has_no_encoding_use_std_string<Owner, Member>));
  } else if constexpr (why == shape::refused_number) {
    static_cast<void>(sizeof(
        a_number_of_this_type_differs_between_platforms_use_std_int64_t_or_another_fixed_width_type<Owner, Member>));
  } else if constexpr (why == shape::refused_clock) {
    static_cast<void>(
        sizeof(a_time_point_of_this_clock_has_no_encoding_use_system_clock_or_steady_clock<Owner, Member>));
  } else if constexpr (why == shape::refused_variant) {
    static_cast<void>(sizeof(a_variant_of_more_than_255_alternatives_has_no_encoding<Owner, Member>));
  } else if constexpr (why == shape::refused_union) {
    static_cast<void>(sizeof(a_union_has_no_encoding_use_std_variant<Owner, Member>));
  } else if constexpr (why == shape::refused_members) {
    refuse_members<Owner, Member>();
  } else if constexpr (why == shape::refused_schema) {
    static_cast<void>(
        sizeof(a_schema_name_and_a_schema_version_must_be_static_constexpr_rename_members_that_are_not<Owner, Member>));
  } else if constexpr (why == shape::refused_default) {
    static_cast<void>(sizeof(a_type_that_cannot_be_default_constructed_cannot_be_decoded<Owner, Member>));
  } else if constexpr (why == shape::refused_accessor) {
    static_cast<void>(sizeof(a_hana_accessor_must_return_a_reference_to_the_member<Owner, Member>));
  } else if constexpr (why == shape::refused_unnamed) {
    static_cast<void>(sizeof(
        the_shape_of_this_type_cannot_be_derived_give_it_a_schema_name_and_a_schema_version_or_make_has_serialize_false<
            Owner, Member>));
  } else if constexpr (why == shape::refused_unknown) {
    static_cast<void>(sizeof(
        a_type_of_this_kind_has_no_encoding_make_it_an_aggregate_or_adapt_it_with_hana_or_write_serialize<Owner,
                                                                                                          Member>));
  } else {
    static_cast<void>(sizeof(a_recursive_type_needs_a_schema_name_and_a_schema_version<Owner, Member>));
  }
}

template <class Type>
constexpr void refuse_array() {
  static_cast<void>(sizeof(a_c_array_is_encoded_as_a_member_only_use_std_array<Type, Type>));
}

}  // namespace detail
}  // namespace quipu
