// SPDX-License-Identifier: BSL-1.0
//
// library_codec.hpp: how the types of library_types.hpp are encoded: a path as its text, a bitset as an array of
// `bool`, dates as structs of numbers.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../schema.hpp"
#include "library_types.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace quipu::detail {

template <class Type>
void encode_value(byte_writer& writer, const Type& value, unsigned depth);
template <class Type>
bool decode_value(byte_reader& reader, Type& value, unsigned depth);

template <class Type>
struct path_codec {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "str";
  static constexpr std::size_t min_size = 4;

  static void encode(byte_writer& writer, const Type& value, unsigned depth) {
    encode_value(writer, value.native(), depth);
  }
  static bool decode(byte_reader& reader, Type& value, unsigned depth) {
    std::string text;
    if (!decode_value(reader, text, depth)) return false;
    value = Type{text};
    return true;
  }
};

template <class Type>
struct bitset_codec {
  static constexpr bool provided = true;
  static constexpr std::size_t min_size = Type{}.size();

  static constexpr auto write_schema() {
    std::array<char, 32> text{"[bool;"};
    std::size_t size = 6;
    std::size_t scale = 1;
    while (min_size / scale >= 10) scale *= 10;
    for (; scale != 0; scale /= 10) text[size++] = static_cast<char>('0' + min_size / scale % 10);
    text[size] = ']';
    return text;
  }
  static constexpr auto storage = write_schema();
  static constexpr std::string_view schema{storage.data()};

  static void encode(byte_writer& writer, const Type& value, unsigned) {
    for (std::size_t bit = 0; bit < min_size; ++bit) writer.put(static_cast<std::uint8_t>(value[bit]));
  }
  static bool decode(byte_reader& reader, Type& value, unsigned) {
    for (std::size_t bit = 0; bit < min_size; ++bit) {
      std::uint8_t stored = 0;
      if (!reader.get(stored) || stored > 1) return false;
      value[bit] = stored == 1;
    }
    return true;
  }
};

/// A part of a date. A year has 16 bits and a sign, the others are small numbers.
template <class Type>
struct calendar_number_codec {
  static constexpr bool is_year = calendar_name<Type>() == "year";
  using number = std::conditional_t<is_year, std::int16_t, std::uint8_t>;
  static constexpr bool provided = true;
  static constexpr std::string_view schema = is_year ? "i16" : "u8";
  static constexpr std::size_t min_size = sizeof(number);

  static number number_of(const Type& value) {
    if constexpr (requires { value.c_encoding(); })
      return static_cast<number>(value.c_encoding());
    else
      return static_cast<number>(static_cast<std::conditional_t<is_year, int, unsigned>>(value));
  }
  static void encode(byte_writer& writer, const Type& value, unsigned) { writer.put(number_of(value)); }
  /// There may be two numbers for one value: Sunday is 0, and 7 is taken for it.
  static bool decode(byte_reader& reader, Type& value, unsigned) {
    number stored = 0;
    if (!reader.get(stored)) return false;
    value = Type{stored};
    return number_of(value) == stored;
  }
};

template <class Type>
struct calendar_date_codec {
  static constexpr bool has_year = requires(const Type& value) { value.year(); };
  static constexpr bool has_day = requires(const Type& value) { value.day(); };
  static constexpr bool provided = true;
  static constexpr std::string_view schema = !has_year  ? "{month:u8,day:u8}"
                                             : !has_day ? "{year:i16,month:u8}"
                                                        : "{year:i16,month:u8,day:u8}";
  static constexpr std::size_t min_size = (has_year ? 2 : 0) + 1 + (has_day ? 1 : 0);

  template <class Part>
  static void encode_part(byte_writer& writer, const Part& part, unsigned depth) {
    calendar_number_codec<Part>::encode(writer, part, depth);
  }
  static void encode(byte_writer& writer, const Type& value, unsigned depth) {
    if constexpr (has_year) encode_part(writer, value.year(), depth);
    encode_part(writer, value.month(), depth);
    if constexpr (has_day) encode_part(writer, value.day(), depth);
  }

  template <class... Parts>
  static bool decode_parts(byte_reader& reader, Type& value, unsigned depth, Parts... parts) {
    if (!(calendar_number_codec<Parts>::decode(reader, parts, depth) && ...)) return false;
    value = Type{parts...};
    return true;
  }
  static bool decode(byte_reader& reader, Type& value, unsigned depth) {
    if constexpr (!has_year)
      return decode_parts(reader, value, depth, value.month(), value.day());
    else if constexpr (!has_day)
      return decode_parts(reader, value, depth, value.year(), value.month());
    else
      return decode_parts(reader, value, depth, value.year(), value.month(), value.day());
  }
};

template <class Type>
struct library_codec;
template <path_like Type>
struct library_codec<Type> : path_codec<Type> {};
template <bitset_like Type>
struct library_codec<Type> : bitset_codec<Type> {};
template <calendar_number Type>
struct library_codec<Type> : calendar_number_codec<Type> {};
template <calendar_date Type>
struct library_codec<Type> : calendar_date_codec<Type> {};

}  // namespace quipu::detail
