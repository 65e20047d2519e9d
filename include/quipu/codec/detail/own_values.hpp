// SPDX-License-Identifier: BSL-1.0
//
// own_values.hpp: how the library's own values of earlier layers are encoded: an event kind as its number, a digest as
// its bytes, a coordinate as a struct of its two names.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../hash/digest.hpp"
#include "../schema.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail {

template <class Type>
void encode_value(byte_writer& writer, const Type& value, unsigned depth);
template <class Type>
bool decode_value(byte_reader& reader, Type& value, unsigned depth);

template <>
struct external_codec<event_kind> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "u16";
  static constexpr std::size_t min_size = sizeof(std::uint16_t);

  template <class Writer>
  static void encode(Writer& writer, event_kind kind, unsigned) {
    writer.put(kind.raw());
  }
  template <class Reader>
  static bool decode(Reader& reader, event_kind& kind, unsigned) {
    std::uint16_t raw = 0;
    if (!reader.get(raw)) return false;
    kind = event_kind::from_raw(raw);
    return true;
  }
};

template <>
struct external_codec<digest> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "[u8;32]";
  static constexpr std::size_t min_size = digest::size;

  template <class Writer>
  static void encode(Writer& writer, const digest& hash, unsigned) {
    writer.write(hash.bytes().data(), hash.bytes().size());
  }
  template <class Reader>
  static bool decode(Reader& reader, digest& hash, unsigned) {
    std::array<std::byte, digest::size> raw{};
    if (!reader.read(raw.data(), raw.size())) return false;
    hash = digest{raw};
    return true;
  }
};

/// Neither writes nor reads an empty coordinate, or names that the constructor refuses.
template <>
struct external_codec<coordinate> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "{entity:str,scope:str}";
  static constexpr std::size_t min_size = 8;

  template <class Writer>
  static void encode(Writer& writer, const coordinate& where, unsigned depth) {
    if (where.is_empty()) throw error{errc::encode_failed, "an empty coordinate"};
    encode_value(writer, where.entity(), depth);
    encode_value(writer, where.scope(), depth);
  }
  template <class Reader>
  static bool decode(Reader& reader, coordinate& where, unsigned depth) {
    std::string entity;
    std::string scope;
    if (!decode_value(reader, entity, depth) || !decode_value(reader, scope, depth)) return false;
    if (!coordinate::is_name(entity) || !coordinate::is_name(scope)) return false;
    where = coordinate{std::move(entity), std::move(scope)};
    return true;
  }
};

}  // namespace quipu::detail
