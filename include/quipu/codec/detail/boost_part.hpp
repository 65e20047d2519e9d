// SPDX-License-Identifier: BSL-1.0
//
// boost_part.hpp: how the archives treat each type that a `serialize` hands to them, and which types they refuse. Types
// that the codec knows are written as the codec writes them. The archives walk containers of objects themselves,
// because Boost's functions for containers neither sort hashed elements nor check a count against the bytes that are
// left.
#pragma once

#include "../boost_serialization.hpp"
#include "../schema_text.hpp"
#include "size.hpp"

#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/library_version_type.hpp>
#include <boost/serialization/nvp.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <list>
#include <memory>
#include <type_traits>

namespace quipu {

template <class Type>
struct a_raw_pointer_in_serialize_has_no_encoding_use_std_unique_ptr_or_store_the_value;
template <class Type>
struct a_shared_pointer_in_serialize_has_no_encoding_sharing_is_not_tracked_store_the_value_or_an_id;
template <class Type>
struct a_polymorphic_type_with_serialize_has_no_encoding_use_std_variant;
template <class Type>
struct a_boost_variant_in_serialize_has_no_encoding_use_std_variant;
template <class Type>
struct a_boost_container_with_several_indices_has_no_encoding_store_its_elements_in_a_vector;
template <class Type>
struct a_boost_dynamic_bitset_has_no_encoding_use_std_vector_of_bool;
template <class... Parts>
struct a_serialize_that_calls_its_archive_is_not_for_boost_set_has_serialize_of_its_class_to_false;
template <class Type>
struct registered_types_and_helpers_of_archives_are_not_supported_use_std_variant;

namespace detail {

/// The version of Boost's library that the archives report. Boost's functions write other bytes for other versions, so
/// it never changes.
inline constexpr unsigned archive_library_version = 19;

enum class part : unsigned char {
  named_value,  ///< boost::serialization::nvp
  array_view,   ///< boost::serialization::array_wrapper; its length isn't written
  count,        ///< boost::serialization::collection_size_type
  version,      ///< Boost's version types
  c_array,
  known,  ///< to the codec, and without an object inside
  sequence,
  forward_list,
  fixed_array,
  optional,
  variant,
  tuple,
  ordered,
  hashed,
  pointer,     ///< std::unique_ptr
  big_number,  ///< of Boost.Multiprecision
  object,      ///< a class with a `serialize`
  record,      ///< a class without
  refused_raw_pointer,
  refused_shared_pointer,
  refused_variant,
  refused_indices,
  refused_bitset,
  refused,
};

/// The parts that a class template makes.
template <class Type>
inline constexpr part template_part = part::refused;
template <class Value>
inline constexpr part template_part<boost::serialization::nvp<Value>> = part::named_value;
template <class Element>
inline constexpr part template_part<boost::serialization::array_wrapper<Element>> = part::array_view;
template <class Element, class Allocator>
inline constexpr part template_part<std::deque<Element, Allocator>> = part::sequence;
template <class Element, class Allocator>
inline constexpr part template_part<std::list<Element, Allocator>> = part::sequence;
template <class Element, class Allocator>
inline constexpr part template_part<std::forward_list<Element, Allocator>> = part::forward_list;
template <class Element>
inline constexpr part template_part<std::unique_ptr<Element>> =
    std::is_array_v<Element> ? part::refused : part::pointer;

template <class Type>
concept shared_pointer = requires(const Type& pointer) {
  typename Type::element_type;
  pointer.use_count();
};

/// Boost.MultiIndex and Boost.Bimap. A bimap has the interface of a map.
template <class Type>
concept several_indices = requires {
  typename Type::index_specifier_type_list;
}
|| requires { typename Type::left_map; };

/// Boost.Multiprecision's cpp_int_backend. Its own `serialize` writes past the end of a number when the stored count is
/// too large.
template <class Type>
concept limb_number = requires(Type& number) {
  { *number.limbs() } -> std::convertible_to<std::uint64_t>;
  { number.size() } -> std::convertible_to<std::size_t>;
  { number.sign() } -> std::same_as<bool>;
  number.negate();
};

template <class Type, class... Outer>
consteval bool reaches_serialize(type_list<Outer...>);

template <class Open, class... Parts>
consteval bool any_reaches_serialize(type_list<Parts...>) {
  return (reaches_serialize<Parts>(Open{}) || ...);
}

template <class Type, class... Outer>
consteval bool reaches_serialize(type_list<Outer...>) {
  if constexpr (is_one_of<Type, Outer...>)
    return false;
  else if constexpr (requires { external_codec<Type>::by_serialize; })
    return true;
  else if constexpr (shape_of<Type> == shape::external)
    return false;
  else
    return any_reaches_serialize<type_list<Type, Outer...>>(parts_of<Type>{});
}

template <class Type>
consteval bool is_known_part() {
  if constexpr (encodable<Type>)
    return !reaches_serialize<Type>(type_list<>{});
  else
    return false;
}

template <class Type>
consteval part find_class_part() {
  constexpr shape known = shape_of<Type>;
  if constexpr (known == shape::sequence)
    return part::sequence;
  else if constexpr (known == shape::fixed_array)
    return part::fixed_array;
  else if constexpr (known == shape::optional)
    return part::optional;
  else if constexpr (known == shape::variant)
    return part::variant;
  else if constexpr (known == shape::tuple)
    return part::tuple;
  else if constexpr (known == shape::set || known == shape::map)
    return part::ordered;
  else if constexpr (known == shape::hashed_set || known == shape::hashed_map)
    return part::hashed;
  else if constexpr (shared_pointer<Type>)
    return part::refused_shared_pointer;
  else if constexpr (requires(const Type& value) {
                       value.which();
                       typename Type::types;
                     })
    return part::refused_variant;
  else if constexpr (requires(const Type& value) {
                       value.num_blocks();
                       typename Type::block_type;
                     })
    return part::refused_bitset;
  else if constexpr (limb_number<Type>)
    return part::big_number;
  else if constexpr (has_serialize<Type>)
    return part::object;
  else if constexpr (is_record<Type>)
    return part::record;
  else
    return part::refused;
}

template <class Type>
consteval part find_part() {
  namespace theirs = boost::serialization;
  if constexpr (template_part<Type> != part::refused)
    return template_part<Type>;
  else if constexpr (std::is_same_v<Type, theirs::collection_size_type>)
    return part::count;
  else if constexpr (is_one_of<Type, theirs::item_version_type, theirs::version_type, theirs::library_version_type>)
    return part::version;
  else if constexpr (std::is_array_v<Type>)
    return part::c_array;
  else if constexpr (std::is_pointer_v<Type>)
    return part::refused_raw_pointer;
  else if constexpr (several_indices<Type>)
    return part::refused_indices;
  else if constexpr (is_known_part<Type>())
    return part::known;
  else if constexpr (std::is_class_v<Type> || std::is_union_v<Type>)
    return find_class_part<Type>();
  else
    return part::refused;
}

template <class Type>
inline constexpr part part_of = find_part<std::remove_cv_t<Type>>();

/// The compile error for a part without encoding, shared by both archives.
template <class Type>
void refuse_part() {
  constexpr part why = part_of<Type>;
  if constexpr (why == part::refused_raw_pointer) {
    static_cast<void>(sizeof(a_raw_pointer_in_serialize_has_no_encoding_use_std_unique_ptr_or_store_the_value<Type>));
  } else if constexpr (why == part::refused_shared_pointer) {
    static_cast<void>(
        sizeof(a_shared_pointer_in_serialize_has_no_encoding_sharing_is_not_tracked_store_the_value_or_an_id<Type>));
  } else if constexpr (why == part::refused_variant) {
    static_cast<void>(sizeof(a_boost_variant_in_serialize_has_no_encoding_use_std_variant<Type>));
  } else if constexpr (why == part::refused_indices) {
    static_cast<void>(
        sizeof(a_boost_container_with_several_indices_has_no_encoding_store_its_elements_in_a_vector<Type>));
  } else if constexpr (why == part::refused_bitset) {
    // Its own `serialize` trusts a stored size that contradicts the number of blocks.
    static_cast<void>(sizeof(a_boost_dynamic_bitset_has_no_encoding_use_std_vector_of_bool<Type>));
  } else {
    refuse<Type, Type>();
  }
}

template <class Type>
inline constexpr bool is_object_supported =
    !std::is_polymorphic_v<Type> && (has_free_serialize<Type> || !boost_probe::misses_own_members<Type>);

template <class Type>
void refuse_object() {
  if constexpr (std::is_polymorphic_v<Type>) {
    static_cast<void>(sizeof(a_polymorphic_type_with_serialize_has_no_encoding_use_std_variant<Type>));
  } else {
    static_cast<void>(
        sizeof(a_serialize_inherited_from_a_base_misses_the_members_of_this_class_write_one_for_it<Type>));
  }
}

template <class... Parts>
void refuse_call() {
  static_cast<void>(
      sizeof(a_serialize_that_calls_its_archive_is_not_for_boost_set_has_serialize_of_its_class_to_false<Parts...>));
}

template <class Type>
void refuse_registration() {
  static_cast<void>(sizeof(registered_types_and_helpers_of_archives_are_not_supported_use_std_variant<Type>));
}

/// Whether a type is an object. A container of objects stores their class version once, before the elements.
template <class Type>
inline constexpr bool is_object = part_of<Type> == part::object;

}  // namespace detail
}  // namespace quipu
