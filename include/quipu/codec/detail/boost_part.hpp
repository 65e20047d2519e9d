// SPDX-License-Identifier: BSL-1.0
//
// boost_part.hpp: what a part is to the archives that are given it by a `serialize`, and which parts they refuse. What the codec
// knows by itself is written as it writes it. Containers of objects are walked here and not by Boost's functions for them, so
// that hashed ones come out sorted and a count is believed only as far as there is input.
#pragma once

#include "../boost_serialization.hpp"
#include "../schema_text.hpp"
#include "size.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
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
template <class Type>
struct registered_types_and_helpers_of_archives_are_not_supported_use_std_variant;

namespace detail {

enum class part : unsigned char {
  named_value,   ///< boost::serialization::nvp
  array_view,    ///< boost::serialization::array_wrapper, whose length isn't written
  count,         ///< boost::serialization::collection_size_type
  version,       ///< Boost's version types
  c_array,
  known,         ///< by the codec, with nothing in it that has a `serialize`
  sequence,
  forward_list,
  fixed_array,
  optional,
  variant,
  tuple,
  ordered,
  hashed,
  pointer,       ///< that owns one object
  big_number,    ///< of Boost.Multiprecision
  object,        ///< with a `serialize`
  record,        ///< without
  refused_raw_pointer,
  refused_shared_pointer,
  refused_variant,
  refused_indices,
  refused_bitset,
  refused,
};

/// Whether a type is the standard library's own, by its name: <deque>, <list> and <memory> would cost every program.
template <class Type>
consteval bool find_standard() {
#if defined(__GNUC__) || defined(__clang__)
  const std::string_view text = __PRETTY_FUNCTION__;
  return text.substr(text.find("Type = ")).starts_with("Type = std::");
#else
  return false;
#endif
}

template <class Type>
concept standard_sequence = requires(Type& container) {
  typename Type::allocator_type;
  container.clear();
  container.emplace_back();
  container.back();
} && find_standard<Type>();

template <class Type>
concept standard_forward_list = requires(Type& container) {
  container.clear();
  container.emplace_after(container.before_begin());
} && find_standard<Type>();

template <class Type>
concept owning_pointer = requires(Type& pointer) {
  typename Type::element_type;
  typename Type::deleter_type;
  *pointer;
  pointer.reset(pointer.release());
} && find_standard<Type>() && find_standard<typename Type::deleter_type>();

template <class Type>
concept shared_pointer = requires(const Type& pointer) {
  typename Type::element_type;
  pointer.use_count();
};

/// Boost.MultiIndex and Boost.Bimap, which passes for a map.
template <class Type>
concept several_indices = requires { typename Type::index_specifier_type_list; } || requires { typename Type::left_map; };

/// Boost.Multiprecision's cpp_int_backend, whose own function writes past its end when it is told of more bytes than fit.
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
  if constexpr (is_one_of<Type, Outer...>) return false;
  else if constexpr (shape_of<Type> == shape::external) return requires { external_codec<Type>::by_serialize; };
  else return any_reaches_serialize<type_list<Type, Outer...>>(parts_of<Type>{});
}

template <class Type>
consteval bool is_known_part() {
  if constexpr (encodable<Type>) return !reaches_serialize<Type>(type_list<>{});
  else return false;
}

template <class Type>
struct boost_wrapper {
  static constexpr part kind = part::refused;
};
template <class Value>
struct boost_wrapper<boost::serialization::nvp<Value>> {
  static constexpr part kind = part::named_value;
};
template <class Element>
struct boost_wrapper<boost::serialization::array_wrapper<Element>> {
  static constexpr part kind = part::array_view;
};

template <class Type>
consteval part find_class_part() {
  constexpr shape known = shape_of<Type>;
  if constexpr (known == shape::sequence || standard_sequence<Type>) return part::sequence;
  else if constexpr (known == shape::fixed_array) return part::fixed_array;
  else if constexpr (known == shape::optional) return part::optional;
  else if constexpr (known == shape::variant) return part::variant;
  else if constexpr (known == shape::tuple) return part::tuple;
  else if constexpr (known == shape::set || known == shape::map) return part::ordered;
  else if constexpr (known == shape::hashed_set || known == shape::hashed_map) return part::hashed;
  else if constexpr (standard_forward_list<Type>) return part::forward_list;
  else if constexpr (owning_pointer<Type>) return part::pointer;
  else if constexpr (shared_pointer<Type>) return part::refused_shared_pointer;
  else if constexpr (requires(const Type& value) { value.which(); typename Type::types; }) return part::refused_variant;
  else if constexpr (requires(const Type& value) { value.num_blocks(); typename Type::block_type; }) return part::refused_bitset;
  else if constexpr (limb_number<Type>) return part::big_number;
  else if constexpr (has_serialize<Type>) return part::object;
  else if constexpr (is_record<Type>) return part::record;
  else return part::refused;
}

template <class Type>
consteval part find_part() {
  namespace theirs = boost::serialization;
  if constexpr (boost_wrapper<Type>::kind != part::refused) return boost_wrapper<Type>::kind;
  else if constexpr (std::is_same_v<Type, theirs::collection_size_type>) return part::count;
  else if constexpr (is_one_of<Type, theirs::item_version_type, theirs::version_type, theirs::library_version_type>) return part::version;
  else if constexpr (std::is_array_v<Type>) return part::c_array;
  else if constexpr (std::is_pointer_v<Type>) return part::refused_raw_pointer;
  else if constexpr (several_indices<Type>) return part::refused_indices;
  else if constexpr (is_known_part<Type>()) return part::known;
  else if constexpr (std::is_class_v<Type> || std::is_union_v<Type>) return find_class_part<Type>();
  else return part::refused;
}

template <class Type>
inline constexpr part part_of = find_part<std::remove_cv_t<Type>>();

/// The one error for a part that has no encoding, for both archives.
template <class Type>
void refuse_part() {
  constexpr part why = part_of<Type>;
  if constexpr (why == part::refused_raw_pointer) {
    static_cast<void>(sizeof(a_raw_pointer_in_serialize_has_no_encoding_use_std_unique_ptr_or_store_the_value<Type>));
  } else if constexpr (why == part::refused_shared_pointer) {
    static_cast<void>(sizeof(a_shared_pointer_in_serialize_has_no_encoding_sharing_is_not_tracked_store_the_value_or_an_id<Type>));
  } else if constexpr (why == part::refused_variant) {
    static_cast<void>(sizeof(a_boost_variant_in_serialize_has_no_encoding_use_std_variant<Type>));
  } else if constexpr (why == part::refused_indices) {
    static_cast<void>(sizeof(a_boost_container_with_several_indices_has_no_encoding_store_its_elements_in_a_vector<Type>));
  } else if constexpr (why == part::refused_bitset) {
    // Its own function believes the size that it reads, whatever the number of blocks.
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
    static_cast<void>(sizeof(a_serialize_inherited_from_a_base_misses_the_members_of_this_class_write_one_for_it<Type>));
  }
}

template <class Type>
void refuse_registration() {
  static_cast<void>(sizeof(registered_types_and_helpers_of_archives_are_not_supported_use_std_variant<Type>));
}

/// The objects among the elements of a container: their class versions are written once, ahead of the elements.
template <class Type>
inline constexpr bool is_object = part_of<Type> == part::object;

}  // namespace detail
}  // namespace quipu
