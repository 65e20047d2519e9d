// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization.hpp: a class with a `serialize` for Boost.Serialization is encoded by it. The function may be a
// member (private with `friend class boost::serialization::access`) or a free function in the class's namespace or in
// boost::serialization, and may be split into `save` and `load`. BOOST_CLASS_VERSION is honoured: bytes of an older
// version are read, bytes of a newer version are refused. Boost's headers give the protocol; the archives are quipu's
// own (detail/boost_save.hpp, detail/boost_load.hpp), and no library of Boost is linked. Boost's headers for containers
// and values are for the program to include, before this one or after.
//
// The output of a `serialize` cannot be derived from the type, so the type needs a name: `static constexpr
// std::string_view schema_name`. Its version is the class version, unless it has a `schema_version` or `schema_of`
// gives another. Types that occur only inside another type's `serialize` need no name. An aggregate without a name, but
// with a public `serialize` that may be cereal's, is encoded by its members. docs/encoding.md has the rules and lists
// what is unsupported.
//
// codec.hpp includes this header.
#pragma once

#include "../core/byte_io.hpp"
#include "detail/boost_protocol.hpp"
#include "schema.hpp"

#include <boost/uuid/uuid.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {

/// Whether a type is encoded by its `serialize`. A specialisation before the type's first use overrides the answer:
/// `true` for a final class with a private `serialize`, which can't be detected; `false` for a type whose `serialize`
/// belongs to another library, or that should be encoded by its members.
template <class Type>
inline constexpr bool has_serialize = detail::find_serialize<Type>();

/// The schema version of a type with a name and a `serialize` is its class version: from BOOST_CLASS_VERSION, or 0.
template <class Type>
requires(detail::has_constant_schema_name<Type> && !requires {
  Type::schema_version;
} && has_serialize<Type>) inline constexpr named_schema schema_of<Type>{Type::schema_name, detail::class_version<Type>};

namespace detail {

template <class Type>
void encode_by_serialize(byte_writer& writer, const Type& value, unsigned depth);
template <class Type>
bool decode_by_serialize(byte_reader& reader, Type& value, unsigned depth);

template <class Type>
requires has_serialize<Type>
struct external_codec<Type> {
  static constexpr bool provided = true;
  static constexpr bool by_serialize = true;
  static constexpr bool needs_name = may_belong_to_cereal<Type>;
  static void encode(byte_writer& writer, const Type& value, unsigned depth) {
    encode_by_serialize(writer, value, depth);
  }
  static bool decode(byte_reader& reader, Type& value, unsigned depth) {
    return decode_by_serialize(reader, value, depth);
  }
};

/// Boost.Uuid: 16 bytes, whether the program includes boost/uuid/uuid_serialize.hpp or not.
template <>
struct external_codec<boost::uuids::uuid> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "[u8;16]";
  static constexpr std::size_t min_size = 16;
  static void encode(byte_writer& writer, const boost::uuids::uuid& value, unsigned) {
    writer.write(value.begin(), 16);
  }
  static bool decode(byte_reader& reader, boost::uuids::uuid& value, unsigned) {
    return reader.read(value.begin(), 16);
  }
};

}  // namespace detail
}  // namespace quipu
