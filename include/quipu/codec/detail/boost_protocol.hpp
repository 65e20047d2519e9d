// SPDX-License-Identifier: BSL-1.0
//
// boost_protocol.hpp: how Boost.Serialization finds a type's `serialize` and its class version, without including Boost. Its
// classes are declared here as Boost declares them; which of them a program has included is asked anew for each type, because
// Boost's headers may come after the first use of another type.
//
// A free `serialize` can't be asked for directly: where Boost's header is included, a catch-all overload is always found. So the
// question is put to a rival that is more specialised than the catch-all and less than nothing else: if overload resolution
// picks the rival, there is no function for this type; if it can't decide, there is one.
#pragma once

#include "../schema.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace boost::serialization {
class access;
class collection_size_type;
class item_version_type;
class library_version_type;
struct version_type;
template <class Type>
struct version;
template <class Value>
class nvp;
template <class Element>
class array_wrapper;
}  // namespace boost::serialization

namespace boost::uuids {
struct uuid;
}  // namespace boost::uuids

namespace quipu {

template <class Type>
struct a_serialize_inherited_from_a_base_misses_the_members_of_this_class_write_one_for_it;
template <class Type>
struct a_boost_class_version_over_255_has_no_encoding;

namespace detail {

/// Whether a class is defined. `For` makes it a question of its own for each type.
template <class Part, class For, class = void>
inline constexpr bool is_complete_for = false;
template <class Part, class For>
inline constexpr bool is_complete_for<Part, For, std::void_t<decltype(sizeof(Part))>> = true;

/// What BOOST_CLASS_VERSION says; 0 where it says nothing.
template <class Type>
consteval std::uint32_t find_class_version() {
  if constexpr (is_complete_for<boost::serialization::version<Type>, Type>) {
    constexpr auto found = boost::serialization::version<Type>::value;
    if constexpr (found < 0 || found > 255) return sizeof(a_boost_class_version_over_255_has_no_encoding<Type>);
    else return static_cast<std::uint32_t>(found);
  } else {
    return 0;
  }
}

template <class Type>
inline constexpr std::uint32_t class_version = find_class_version<Type>();

namespace boost_probe {

/// An archive to ask with. `Access` makes boost::serialization a place where functions for it are looked up.
template <class Access>
struct archive {
  using is_saving = std::true_type;
  using is_loading = std::false_type;
  template <class Part>
  archive& operator&(Part&& part);
  template <class Part>
  archive& operator<<(Part&& part);
  template <class Part>
  archive& operator>>(Part&& part);
};
using any_archive = archive<boost::serialization::access>;

struct no_function {};
template <class Access, class Type>
no_function serialize(archive<Access>& probe, Type& object, unsigned version);

template <class Type>
concept free_function_missing = requires(any_archive& probe, Type& object) {
  { serialize(probe, object, 0U) } -> std::same_as<no_function>;
};

template <class Type>
concept has_public_member = requires(any_archive& probe, Type& object) { object.serialize(probe, 0U); };

struct rival_member {
  int serialize;
};
template <class Type>
struct both_members : Type, rival_member {};

/// A public member of the name that isn't for an archive and a version: another library's.
template <class Type>
concept has_other_member = requires { &Type::serialize; } || requires(Type& object) { object.serialize(); } ||
                           requires(any_archive& probe, Type& object) { object.serialize(probe); };

/// A private member shows only by its name, which is then ambiguous.
template <class Type>
consteval bool find_hidden_member() {
  if constexpr (std::is_class_v<Type> && !std::is_final_v<Type> && is_complete_for<boost::serialization::access, Type>) {
    return !requires { &both_members<Type>::serialize; } && !has_other_member<Type>;
  } else {
    return false;
  }
}

template <class Owner>
std::type_identity<Owner> owner_of_member(void (Owner::*)(any_archive&, unsigned));

/// Whether the `serialize` that a call would reach is a base's, and the class has more to it than the base.
template <class Type>
concept misses_own_members = requires { owner_of_member(&Type::template serialize<any_archive>); } &&
                             sizeof(typename decltype(owner_of_member(&Type::template serialize<any_archive>))::type) < sizeof(Type);

}  // namespace boost_probe

template <class Type>
inline constexpr bool has_free_serialize = !boost_probe::free_function_missing<Type>;

template <class Type>
consteval bool find_serialize() {
  if constexpr (!std::is_class_v<Type> && !std::is_union_v<Type>) return false;
  else return boost_probe::has_public_member<Type> || has_free_serialize<Type> || boost_probe::find_hidden_member<Type>();
}

/// Calls the `serialize` of a type, in Boost's order: a free function goes before a member. Boost's own entry point is used where
/// it is defined, and knows of both; access.hpp alone only declares it.
template <class Archive, class Object>
void call_serialize(Archive& archive, Object& object, unsigned version) {
  if constexpr (is_complete_for<boost::serialization::version_type, Object>) {
    serialize_adl(archive, object, version);
  } else if constexpr (has_free_serialize<Object>) {
    serialize(archive, object, version);
  } else if constexpr (boost_probe::has_public_member<Object>) {
    object.serialize(archive, version);
  } else {
    Archive::access_type::serialize(archive, object, version);
  }
}

}  // namespace detail
}  // namespace quipu
