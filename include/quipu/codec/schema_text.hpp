// SPDX-License-Identifier: BSL-1.0
//
// schema_text.hpp: the shape of a type's encoding as text, made while compiling:
// `{id:i64,who:str,lines:[{sku:str,qty:u32}]}`. Two types with one text are encoded alike. Names of types never appear
// in it, names of fields and of enumerators do; compilers and standard libraries have no influence on it.
// docs/encoding.md has the grammar.
#pragma once

#include "boost_serialization.hpp"
#include "detail/own_values.hpp"
#include "detail/refusals.hpp"
#include "enumerators.hpp"
#include "schema.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {
namespace detail {

/// Records within records deeper than this have no end: only a type that contains itself gets there.
inline constexpr unsigned record_depth_limit = 64;

/// Where a description goes: counted only while `out` is null.
struct schema_writer {
  char* out{};
  std::size_t size{};
  bool refused{};  ///< a part has no encoding
  bool endless{};  ///< a type contains itself and has no name

  constexpr void put(char letter) {
    if (out != nullptr) out[size] = letter;
    ++size;
  }
  constexpr void put(std::string_view text) {
    if (out != nullptr) {
      for (const char *from = text.data(), *const end = from + text.size(); from != end; ++from) out[size++] = *from;
    } else {
      size += text.size();
    }
  }
  constexpr void put_number(std::uintmax_t number) {
    std::uintmax_t scale = 1;
    while (number / scale >= 10) scale *= 10;
    for (; scale != 0; scale /= 10) put(static_cast<char>('0' + number / scale % 10));
  }
};

/// The records that a description is inside of, innermost first.
struct open_record {
  const open_record* outer;
  unsigned depth;
  named_schema name;
};

constexpr bool is_open(const open_record* open, const named_schema& name) {
  for (; open != nullptr; open = open->outer) {
    if (open->name.version == name.version && open->name.name == name.name) return true;
  }
  return false;
}

template <class Type>
constexpr void describe(schema_writer& writer, const open_record* open);

template <class Number>
constexpr std::string_view number_token() {
  if constexpr (std::is_same_v<Number, bool>)
    return "bool";
  else if constexpr (std::is_same_v<Number, char>)
    return "char";
  else if constexpr (std::is_same_v<Number, char8_t>)
    return "c8";
  else if constexpr (std::is_same_v<Number, char16_t>)
    return "c16";
  else if constexpr (std::is_same_v<Number, char32_t>)
    return "c32";
  else if constexpr (std::is_floating_point_v<Number>)
    return sizeof(Number) == 4 ? "f32" : "f64";
  else if constexpr (sizeof(Number) == 1)
    return std::is_signed_v<Number> ? "i8" : "u8";
  else if constexpr (sizeof(Number) == 2)
    return std::is_signed_v<Number> ? "i16" : "u16";
  else if constexpr (sizeof(Number) == 4)
    return std::is_signed_v<Number> ? "i32" : "u32";
  else
    return std::is_signed_v<Number> ? "i64" : "u64";
}

template <class... Types>
constexpr void describe_list(schema_writer& writer, [[maybe_unused]] const open_record* open, type_list<Types...>) {
  [[maybe_unused]] bool first = true;
  ((first ? static_cast<void>(first = false) : writer.put(','), describe<Types>(writer, open)), ...);
}

template <class Type, class... Members>
constexpr void describe_members(schema_writer& writer, [[maybe_unused]] const open_record* open,
                                type_list<Members...>) {
  [[maybe_unused]] std::size_t index = 0;
  writer.put('{');
  ((index != 0 ? writer.put(',') : void(), writer.put(member_names_of<Type>[index++]), writer.put(':'),
    describe<Members>(writer, open)),
   ...);
  writer.put('}');
}

/// Containers that are ordered by the program's own rule say so with a `!`: their elements come in another order.
template <class Type>
constexpr bool has_own_order() {
  if constexpr (requires { typename Type::key_compare; }) {
    return !is_one_of<typename Type::key_compare, std::less<typename Type::key_type>, std::less<void>>;
  } else {
    return false;
  }
}

template <class Type>
constexpr void describe_associative(schema_writer& writer, const open_record* open) {
  constexpr bool hashed = shape_of<Type> == shape::hashed_set || shape_of<Type> == shape::hashed_map;
  if constexpr (hashed) writer.put("hash");
  if constexpr (keeps_equal_keys<Type>) writer.put("multi");
  if constexpr (has_mapped_type<Type>) {
    if constexpr (hashed || keeps_equal_keys<Type>) writer.put("map");
    writer.put('{');
    describe<typename Type::key_type>(writer, open);
    writer.put("=>");
    describe<typename Type::mapped_type>(writer, open);
    writer.put('}');
  } else {
    writer.put("set<");
    describe<typename Type::key_type>(writer, open);
    writer.put('>');
  }
  if constexpr (has_own_order<Type>()) writer.put('!');
}

/// Whatever isn't a record: no name, and no way to contain itself but through one.
template <class Type>
constexpr void describe_standard(schema_writer& writer, [[maybe_unused]] const open_record* open) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (kind == shape::byte) {
    writer.put("byte");
  } else if constexpr (kind == shape::enumeration) {
    writer.put("enum:");
    writer.put(number_token<std::underlying_type_t<Type>>());
    if constexpr (!enumerators<Type>.empty()) {
      writer.put('{');
      writer.put(enumerators<Type>);
      writer.put('}');
    }
  } else if constexpr (kind <= shape::character) {
    writer.put(number_token<Type>());
  } else if constexpr (kind == shape::string) {
    writer.put("str");
  } else if constexpr (kind == shape::sequence || kind == shape::fixed_array) {
    writer.put('[');
    describe_list(writer, open, parts_of<Type>{});
    if constexpr (kind == shape::fixed_array) {
      writer.put(';');
      writer.put_number(standard_parts<Type>::size);
    }
    writer.put(']');
  } else if constexpr (kind == shape::optional) {
    writer.put('?');
    describe_list(writer, open, parts_of<Type>{});
  } else if constexpr (kind == shape::tuple) {
    writer.put('(');
    describe_list(writer, open, parts_of<Type>{});
    writer.put(')');
  } else if constexpr (kind == shape::variant || kind == shape::expected) {
    writer.put('<');
    describe_list(writer, open, parts_of<Type>{});
    writer.put('>');
  } else if constexpr (kind == shape::duration) {
    writer.put(std::is_floating_point_v<typename Type::rep> ? "fdur<" : "dur<");
    writer.put_number(static_cast<std::uintmax_t>(Type::period::num));
    writer.put('/');
    writer.put_number(static_cast<std::uintmax_t>(Type::period::den));
    writer.put('>');
  } else if constexpr (kind == shape::time_point) {
    writer.put(kind_of_clock<typename Type::clock>() == clock_kind::system ? "time" : "steady");
  } else {
    describe_associative<Type>(writer, open);
  }
}

/// A name in quotes must be readable back.
constexpr bool is_schema_name(std::string_view name) {
  for (const char letter : name) {
    if (letter == '"' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20) return false;
  }
  return !name.empty();
}

template <class Type>
constexpr void describe_name(schema_writer& writer) {
  static_assert(is_schema_name(schema_of<Type>.name),
                "a schema name is one or more characters without quotes, backslashes or controls");
  writer.put('"');
  writer.put(schema_of<Type>.name);
  writer.put('@');
  writer.put_number(schema_of<Type>.version);
  writer.put('"');
}

template <class Type>
constexpr void describe(schema_writer& writer, const open_record* open) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (is_refused(kind)) {
    writer.refused = true;
  } else if constexpr (kind != shape::external && kind != shape::adapted && kind != shape::aggregate) {
    describe_standard<Type>(writer, open);
  } else {
    if constexpr (is_named<Type>) {
      describe_name<Type>(writer);
      // The name stands for the shape that is being described.
      if (is_open(open, schema_of<Type>)) return;
    }
    const open_record self{open, open == nullptr ? 1 : open->depth + 1, schema_of<Type>};
    if (self.depth > record_depth_limit) writer.endless = true;
    if (writer.endless) return;
    if constexpr (kind == shape::external) {
      if constexpr (external_with_schema<Type>) writer.put(external_codec<Type>::schema);
    } else {
      describe_members<Type>(writer, &self, parts_of<Type>{});
    }
  }
}

template <class Type>
consteval schema_writer measure_schema() {
  schema_writer writer;
  describe<Type>(writer, nullptr);
  return writer;
}

template <class Type>
inline constexpr schema_writer schema_measure = measure_schema<Type>();

template <class Type>
consteval auto write_schema() {
  std::array<char, schema_measure<Type>.size> text{};
  schema_writer writer;
  writer.out = text.data();
  describe<Type>(writer, nullptr);
  return text;
}

template <class Type>
inline constexpr auto schema_storage = write_schema<Type>();

}  // namespace detail

namespace detail {

/// Whether a part can be written and read back. A C array can as a part only: no function returns one.
template <class Type>
concept encodable_part = !schema_measure<Type>.refused && !schema_measure<Type>.endless;

}  // namespace detail

/// Whether values of a type can be written and read back. Reading needs a default value to fill.
template <class Type>
concept encodable = detail::encodable_part<Type> && !std::is_array_v<Type>;

namespace detail {

template <class Owner, class Member>
struct blame {
  static constexpr bool found = true;
};
struct no_blame {
  static constexpr bool found = false;
};

template <class Owner, class Open, class... Parts>
consteval auto blame_part(type_list<Parts...>);

/// The first part that makes a type unencodable, with what it is a part of. `Open`: what it is inside of.
template <class Owner, class Type, class... Outer>
consteval auto find_blame(type_list<Outer...>) {
  if constexpr (encodable_part<Type>)
    return no_blame{};
  else if constexpr (is_refused(shape_of<Type>) || is_one_of<Type, Outer...>)
    return blame<Owner, Type>{};
  else
    return blame_part<Type, type_list<Type, Outer...>>(parts_of<Type>{});
}

template <class Owner, class Open, class First, class... Rest>
consteval auto blame_first(type_list<First, Rest...>) {
  using verdict = decltype(find_blame<Owner, First>(Open{}));
  if constexpr (verdict::found)
    return verdict{};
  else
    return blame_part<Owner, Open>(type_list<Rest...>{});
}

template <class Owner, class Open, class... Parts>
consteval auto blame_part(type_list<Parts...> parts) {
  if constexpr (sizeof...(Parts) == 0)
    return no_blame{};
  else
    return blame_first<Owner, Open>(parts);
}

template <class Owner, class Member>
constexpr void explain(blame<Owner, Member>) {
  refuse<Owner, Member>();
}

/// For a type that isn't encodable: one compile error that names the part to blame and what it is a part of.
template <class Type>
constexpr void refuse_to_encode() {
  if constexpr (std::is_array_v<Type>)
    refuse_array<Type>();
  else
    explain(decltype(find_blame<Type, Type>(type_list<>{})){});
}

}  // namespace detail

/// The text of a type's encoding. It lives as long as the program.
template <class Type>
[[nodiscard]] constexpr std::string_view schema_text() {
  if constexpr (encodable<Type>) {
    return {detail::schema_storage<Type>.data(), detail::schema_storage<Type>.size()};
  } else {
    detail::refuse_to_encode<Type>();
    return {};
  }
}

namespace detail {

/// The next piece of a schema text: a word, a character, all of a name in quotes, or all of an enumeration.
struct schema_piece {
  std::string_view text{};  ///< without the version and the enumerators
  std::uint64_t version{};
  bool is_opaque{};  ///< a name that no shape follows
  std::string_view enumerators{};
};

/// The word at the start of a text. There may be none.
constexpr std::string_view schema_word(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_identifier_character(text[size])) ++size;
  return text.substr(0, size);
}

/// Precondition: the text begins with `enum:`.
constexpr schema_piece take_enumeration(std::string_view& text) {
  constexpr std::size_t mark = 5;
  schema_piece piece{text.substr(0, mark + schema_word(text.substr(mark)).size())};
  text.remove_prefix(piece.text.size());
  if (const std::size_t close = text.find('}'); text.starts_with('{') && close != std::string_view::npos) {
    piece.enumerators = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  }
  return piece;
}

constexpr schema_piece take_schema_piece(std::string_view& text) {
  if (const std::string_view word = schema_word(text); !word.empty()) {
    if (word == "enum" && text.substr(word.size()).starts_with(':')) return take_enumeration(text);
    text.remove_prefix(word.size());
    return {word};
  }
  schema_piece piece{text.substr(0, 1)};
  if (const std::size_t close = text.find('"', 1); text[0] == '"' && close != std::string_view::npos) {
    const std::size_t at = text.rfind('@', close);
    if (at != std::string_view::npos && at != 0) {
      piece.text = text.substr(0, at + 1);
      for (std::size_t index = at + 1; index < close; ++index) {
        piece.version = piece.version * 10 + static_cast<std::uint64_t>(text[index] - '0');
      }
      text.remove_prefix(close + 1);
      piece.is_opaque = text.empty() || std::string_view{",;]})>="}.find(text[0]) != std::string_view::npos;
      return piece;
    }
  }
  text.remove_prefix(1);
  return piece;
}

/// Whether a piece reads what was written by another one.
[[nodiscard]] constexpr bool reads_piece(const schema_piece& known, const schema_piece& logged) {
  if (known.text != logged.text) return false;
  if (known.version != logged.version && !(known.is_opaque && logged.is_opaque && logged.version < known.version))
    return false;
  return known.enumerators.empty() || has_enumerators(known.enumerators, logged.enumerators);
}

/// Whether a type whose text is `known` reads what was written by one whose text was `logged`. They are equal, but for
/// this: a type with a `serialize` may have become a newer version of itself, which reads the older ones; an
/// enumeration may have got further enumerators, while those of the log are there with their values; and one of the
/// two may have no enumerators, because its program didn't put them into the schema.
[[nodiscard]] constexpr bool reads_schema(std::string_view known, std::string_view logged) {
  while (!known.empty() && !logged.empty()) {
    const schema_piece here = take_schema_piece(known);
    if (!reads_piece(here, take_schema_piece(logged))) return false;
  }
  return known.empty() && logged.empty();
}

}  // namespace detail
}  // namespace quipu
