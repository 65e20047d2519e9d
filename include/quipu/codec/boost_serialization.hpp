// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization.hpp: types with a `serialize` for Boost.Serialization are encoded by it: a member (private too, with
// `friend class boost::serialization::access`), a free function beside the type or in namespace boost::serialization, split into
// `save` and `load` or not. BOOST_CLASS_VERSION is honoured: bytes of an older version are read as such, those of a newer one are
// refused. Nothing of Boost is linked, and nothing is included: the archives are quipu's own (detail/boost_save.hpp,
// detail/boost_load.hpp), and Boost's parts are known by their declarations, whether their headers come before or after this one.
//
// What such a function writes can't be derived, so the type needs a name: `static constexpr std::string_view schema_name`. Its
// version is then the class version, unless it has a `schema_version` or `schema_of` says otherwise. Types that only occur inside
// another's `serialize` need no name. docs/encoding.md has the rules, and what is unsupported.
//
// The codec includes this header; a program needn't.
#pragma once

#include "../core/byte_io.hpp"
#include "detail/boost_protocol.hpp"
#include "schema.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {

/// Whether a type is encoded by its `serialize`. Found out by itself; a specialisation before the type's first use decides
/// otherwise: `true` for a final class whose `serialize` is private, which can't be seen; `false` for a type with another
/// library's `serialize`, or one that should be encoded by its members.
template <class Type>
inline constexpr bool has_serialize = detail::find_serialize<Type>();

/// A type with a name and a `serialize` has the version that BOOST_CLASS_VERSION gives it, or 0.
template <class Type>
  requires(
      requires {
        { Type::schema_name } -> std::convertible_to<std::string_view>;
      } && !requires { Type::schema_version; } && has_serialize<Type>)
inline constexpr named_schema schema_of<Type>{Type::schema_name, detail::class_version<Type>};

namespace detail {

template <class Type>
void encode_by_serialize(byte_writer& writer, const Type& value, unsigned depth);
template <class Type>
bool decode_by_serialize(byte_reader& reader, Type& value, unsigned depth);

template <class Type>
  requires(has_serialize<Type> && !std::is_same_v<Type, boost::uuids::uuid>)
struct external_codec<Type> {
  static constexpr bool provided = true;
  static constexpr bool by_serialize = true;
  static void encode(byte_writer& writer, const Type& value, unsigned depth) { encode_by_serialize(writer, value, depth); }
  static bool decode(byte_reader& reader, Type& value, unsigned depth) { return decode_by_serialize(reader, value, depth); }
};

/// Boost.Uuid: 16 bytes, in a program with and without its `serialize`.
template <class Type>
  requires std::is_same_v<Type, boost::uuids::uuid>
struct external_codec<Type> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "[u8;16]";
  static constexpr std::size_t min_size = 16;
  static void encode(byte_writer& writer, const Type& value, unsigned) { writer.write(&*value.begin(), 16); }
  static bool decode(byte_reader& reader, Type& value, unsigned) { return reader.read(&*value.begin(), 16); }
};

}  // namespace detail
}  // namespace quipu
