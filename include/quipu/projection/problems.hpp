// SPDX-License-Identifier: BSL-1.0
//
// problems.hpp: the compile errors for a type that is no projection. Each sentence is a class template that is never
// defined: taking its size is one error, and the compiler prints the sentence with the types concerned, the projection
// first. codec/detail/refusals.hpp has the sentences for types without encoding.
#pragma once

namespace quipu {

template <class Projection>
struct a_projection_is_a_class_without_const_or_reference;
template <class Projection>
struct a_projection_needs_a_public_member_type_events;
template <class Projection, class Events>
struct the_member_type_events_of_a_projection_must_be_an_event_list_or_any_event;
template <class Projection>
struct the_event_list_of_a_projection_must_not_be_empty;
template <class Projection>
struct the_state_of_a_projection_must_have_a_default_value;
template <class Projection>
struct the_state_of_a_projection_must_be_movable;
template <class Projection>
struct the_version_of_a_projection_must_be_a_static_constexpr_unsigned_number;
template <class Projection>
struct the_name_of_a_projection_must_be_a_static_constexpr_text_that_is_not_empty;
template <class Projection, class Event>
struct an_event_list_names_classes_without_const_or_reference;
template <class Projection, class Event>
struct an_event_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of;
template <class Projection, class Event, class Part>
struct an_event_of_a_projection_has_a_part_without_encoding;
template <class Projection, class First, class Second>
struct two_events_of_a_projection_have_the_same_kind;
template <class Projection, class Event>
struct a_projection_needs_a_public_apply_for_each_event_of_its_list;
template <class Projection, class Event>
struct apply_must_take_its_event_by_const_reference;
template <class Projection, class Event>
struct apply_changes_the_state_in_place_and_must_return_void;
template <class Projection, class Event>
struct an_upcast_of_a_listed_event_returns_another_type_of_a_kind_that_the_projection_lists;
template <class Projection>
struct a_projection_of_any_event_needs_a_public_apply_for_const_event_view;

/// The compile errors for arguments of `fold`.
template <class Projection, class Input>
struct fold_takes_events_or_one_range_of_events;
template <class Projection, class Input>
struct a_projection_of_any_event_folds_event_views_and_nothing_else;
template <class Projection, class Input, class Event>
struct fold_was_given_another_type_of_a_kind_that_the_projection_lists;

template <class Event>
struct an_event_of_a_retired_kind_was_never_written;

}  // namespace quipu
