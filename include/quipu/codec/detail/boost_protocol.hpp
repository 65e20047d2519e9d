// SPDX-License-Identifier: BSL-1.0
//
// boost_protocol.hpp: which types have a `serialize` for Boost.Serialization, and how it is called. Boost's own headers
// give the protocol: `serialize_adl` finds the function and `version` gives the class version. Boost has no way to ask
// whether a type has a `serialize`, because its fallback function accepts every type. The questions below are that
// missing part.
#pragma once

#include "../schema.hpp"

#include <boost/serialization/access.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/version.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace quipu {

template <class Type>
struct a_serialize_inherited_from_a_base_misses_the_members_of_this_class_write_one_for_it;
template <class Type>
struct a_boost_class_version_over_255_has_no_encoding;

namespace detail {

/// The value given with BOOST_CLASS_VERSION, or 0.
template <class Type>
consteval std::uint32_t find_class_version() {
  constexpr int version = boost::serialization::version<Type>::value;
  if constexpr (version < 0 || version > 255)
    return sizeof(a_boost_class_version_over_255_has_no_encoding<Type>);
  else
    return static_cast<std::uint32_t>(version);
}

template <class Type>
inline constexpr std::uint32_t class_version = find_class_version<Type>();

namespace boost_probe {

/// An archive for unevaluated calls.
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

/// Overload resolution prefers this function to Boost's fallback `serialize(Archive&, Type&, unsigned)`, and cannot
/// decide between it and a function that was written for `Type`.
struct no_function {};
template <class Type>
no_function serialize(archive& probe, Type& object, unsigned version);

/// Whether the call in Boost's `serialize_adl` would reach Boost's fallback.
template <class Type>
concept reaches_fallback = requires(archive& probe, Type& object, const boost::serialization::version_type version) {
  { serialize(probe, object, version) } -> std::same_as<no_function>;
};

template <class Type>
concept has_public_member = requires(archive& probe, Type& object) {
  object.serialize(probe, 0U);
};

/// A public member `serialize` with other parameters: it belongs to another library.
template <class Type>
concept has_other_member = requires {
  &Type::serialize;
}
|| requires(Type& object) { object.serialize(); }
|| requires(archive& probe, Type& object) { object.serialize(probe); };

struct named_serialize {
  int serialize;
};
template <class Type>
struct with_second_serialize : Type, named_serialize {};

/// A private member cannot be called here, but its name is found: a second one makes the name ambiguous.
template <class Type>
consteval bool find_private_member() {
  if constexpr (std::is_class_v<Type> && !std::is_final_v<Type>) {
    return !requires { &with_second_serialize<Type>::serialize; }
    &&!has_other_member<Type>;
  } else {
    return false;
  }
}

template <class Owner>
std::type_identity<Owner> owner_of_member(void (Owner::*)(archive&, unsigned));

/// Whether a call of the member reaches a smaller base class.
template <class Type>
concept misses_own_members = requires {
  owner_of_member(&Type::template serialize<archive>);
}
&&sizeof(typename decltype(owner_of_member(&Type::template serialize<archive>))::type) < sizeof(Type);

/// A free `serialize` in a namespace of the type. Boost's own namespace isn't searched for it.
template <class Type>
concept has_friendly_function = !requires(archive & probe, Type& object) {
  { serialize(probe, object, 0U) } -> std::same_as<no_function>;
};

}  // namespace boost_probe

/// Whether a `serialize` can as well be one for cereal, whose functions have the same parameters. A class version that
/// Boost is told, a function in Boost's namespace and a private one say that it is Boost's.
template <class Type>
inline constexpr bool may_belong_to_cereal = class_version<Type> == 0 && (boost_probe::has_public_member<Type> ||
                                                                          boost_probe::has_friendly_function<Type>);

template <class Type>
inline constexpr bool has_free_serialize = !boost_probe::reaches_fallback<Type>;

template <class Type>
consteval bool find_serialize() {
  if constexpr (!std::is_class_v<Type> && !std::is_union_v<Type>)
    return false;
  else
    return boost_probe::has_public_member<Type> || has_free_serialize<Type> || boost_probe::find_private_member<Type>();
}

}  // namespace detail
}  // namespace quipu
