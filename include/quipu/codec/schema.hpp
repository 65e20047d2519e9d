// SPDX-License-Identifier: BSL-1.0
//
// schema.hpp: how the codec sees a type, and how it reaches the type's members. In this order: a standard type is
// known; a type may have a codec of its own (`external_codec`: Boost.Serialization); a struct may be adapted or defined
// with Boost.Hana; a plain aggregate is reflected. Also here: how a type names its schema. Everything in this header
// happens at compile time.
#pragma once

#include "../core/byte_io.hpp"
#include "detail/library_types.hpp"
#include "reflect.hpp"

#include <boost/hana/accessors.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/unpack.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quipu {

/// The name and version of a schema. The program chooses the name; a prefix keeps it unique: `vendor.node`.
struct named_schema {
  std::string_view name{};
  std::uint32_t version{};
};

namespace detail {

/// A data member of one of these names has the types too, and no constant value.
template <class Type>
concept has_schema_name = requires {
  { Type::schema_name } -> std::convertible_to<std::string_view>;
};
template <class Type>
concept has_schema_version = requires {
  { Type::schema_version } -> std::convertible_to<std::uint32_t>;
};
template <class Type>
concept has_constant_schema_name = has_schema_name<Type> && requires {
  typename std::bool_constant<(static_cast<void>(std::string_view{Type::schema_name}), true)>;
};
template <class Type>
concept has_constant_schema_version = has_schema_version<Type> && requires {
  typename std::integral_constant<std::uint32_t, Type::schema_version>;
};

template <class Type>
concept declares_schema = has_constant_schema_name<Type> && has_constant_schema_version<Type>;

/// Whether a type has both members, and at least one of them can't be read while compiling.
template <class Type>
concept misdeclares_schema = has_schema_name<Type> && has_schema_version<Type> && !declares_schema<Type>;

}  // namespace detail

/// Names the schema of a type that can't be edited:
/// `template <> inline constexpr quipu::named_schema quipu::schema_of<vendor::node>{"vendor.node", 3};`
/// A type that can be edited declares `static constexpr std::string_view schema_name` and
/// `static constexpr std::uint32_t schema_version` instead. Recursive types need a name, and so do types whose shape
/// can't be derived.
template <class Type>
inline constexpr named_schema schema_of{};

template <class Type>
requires detail::declares_schema<Type>
inline constexpr named_schema schema_of<Type>{Type::schema_name, Type::schema_version};

namespace detail {

/// A specialisation gives a type its own encoding. It takes precedence over Boost.Hana and over plain reflection, and
/// is not consulted for the standard types that the codec knows. A specialisation, visible before the type's first use,
/// has
///   static constexpr bool provided = true;
///   static void encode(byte_writer&, const Type&, unsigned depth);               // throws error{errc::encode_failed}
///   static bool decode(byte_reader&, Type&, unsigned depth);                     // false: not an encoding of the type
/// and, only where the shape is known at compile time,
///   static constexpr std::string_view schema;    // one type in the grammar of docs/encoding.md
///   static constexpr std::size_t min_size;       // the fewest bytes that this schema can take
/// and, only where an aggregate without a name is encoded by its members all the same,
///   static constexpr bool needs_name = true;
/// Without `schema` the type must be named (`schema_of`); its schema text is then `"name@version"` alone. The codec
/// writes a 32-bit byte count before the output of `encode` and passes `decode` a reader of exactly those bytes, all of
/// which it must read. `decode` receives a default-constructed value and must return false for bytes that `encode`
/// would not write. Parts are written with `detail::encode_value(writer, part, depth + 1)` and read with
/// `detail::decode_value(reader, part, depth + 1)`; a type that can contain itself refuses a depth over `depth_limit`.
template <class Type>
struct external_codec {
  static constexpr bool provided = false;
};

/// The nesting limit of recursive types.
inline constexpr unsigned depth_limit = 64;

/// How the codec treats a type. Values from `refused_reference` on tell why the type has no encoding.
enum class shape : unsigned char {
  boolean,
  integer,
  floating,
  character,
  byte,
  enumeration,
  string,
  sequence,
  fixed_array,
  optional,
  variant,
  tuple,
  set,
  map,
  hashed_set,
  hashed_map,
  expected,
  duration,
  time_point,
  external,
  adapted,
  aggregate,
  refused_reference,
  refused_c_array,
  refused_const,
  refused_pointer,
  refused_view,
  refused_number,
  refused_clock,
  refused_variant,
  refused_union,
  refused_members,  ///< an aggregate, `fault_of` tells why
  refused_schema,
  refused_default,
  refused_accessor,
  refused_unnamed,
  refused_wide_string,
  refused_shared_pointer,
  refused_deleter,
  refused_polymorphic,
  refused_library_type,
  refused_unknown,
};

constexpr bool is_refused(shape found) noexcept { return found >= shape::refused_reference; }

template <class Type, class... Choices>
inline constexpr bool is_one_of = (std::is_same_v<Type, Choices> || ...);

/// Integers of the same size on every platform. `long` is one only where it is the type behind a fixed-width name.
template <class Type>
inline constexpr bool is_portable_integer =
    is_one_of<Type, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t,
              std::uint64_t, long long, unsigned long long>;

template <class Type>
inline constexpr bool is_portable_character = is_one_of<Type, char, char8_t, char16_t, char32_t>;

static_assert(sizeof(long long) == 8 && sizeof(char16_t) == 2 && sizeof(char32_t) == 4 && sizeof(float) == 4 &&
              sizeof(double) == 8);

/// A pointer is written as the value that it points to: all of that value must be known from its type.
template <class Value>
consteval shape find_unique_shape() {
  if constexpr (std::is_array_v<Value>)
    return shape::refused_deleter;
  else if constexpr (std::is_class_v<Value> && std::is_polymorphic_v<Value>)
    return shape::refused_polymorphic;
  else
    return shape::optional;
}

// The standard's class templates and the types that they are made of.
template <class Type>
struct standard_parts {
  static constexpr shape kind = shape::refused_unknown;
};
template <class Traits, class Allocator>
struct standard_parts<std::basic_string<char, Traits, Allocator>> {
  static constexpr shape kind = shape::string;
  using types = type_list<>;
};
template <class Char, class Traits>
struct standard_parts<std::basic_string_view<Char, Traits>> {
  static constexpr shape kind = shape::refused_view;
};
template <class Element, class Allocator>
struct standard_parts<std::vector<Element, Allocator>> {
  static constexpr shape kind = shape::sequence;
  using types = type_list<Element>;
};
template <class Element, class Allocator>
struct standard_parts<std::deque<Element, Allocator>> {
  static constexpr shape kind = shape::sequence;
  using types = type_list<Element>;
};
template <class Element, class Allocator>
struct standard_parts<std::list<Element, Allocator>> {
  static constexpr shape kind = shape::sequence;
  using types = type_list<Element>;
};
template <class Element, class Allocator>
struct standard_parts<std::forward_list<Element, Allocator>> {
  static constexpr shape kind = shape::sequence;
  using types = type_list<Element>;
};
template <class Char, class Traits, class Allocator>
requires is_one_of<Char, char8_t, char16_t, char32_t>
struct standard_parts<std::basic_string<Char, Traits, Allocator>> {
  static constexpr shape kind = shape::sequence;
  using types = type_list<Char>;
};
template <class Traits, class Allocator>
struct standard_parts<std::basic_string<wchar_t, Traits, Allocator>> {
  static constexpr shape kind = shape::refused_wide_string;
};
template <class Element, std::size_t count>
struct standard_parts<Element[count]> {
  static constexpr shape kind = shape::fixed_array;
  static constexpr std::size_t size = count;
  using types = type_list<Element>;
};
template <class Element, std::size_t count>
struct standard_parts<std::array<Element, count>> {
  static constexpr shape kind = shape::fixed_array;
  static constexpr std::size_t size = count;
  using types = type_list<Element>;
};
template <class Value>
struct standard_parts<std::optional<Value>> {
  static constexpr shape kind = shape::optional;
  using types = type_list<Value>;
};
template <class Value>
struct standard_parts<std::unique_ptr<Value>> {
  static constexpr shape kind = find_unique_shape<Value>();
  using types = type_list<Value>;
};
template <class Value, class Deleter>
struct standard_parts<std::unique_ptr<Value, Deleter>> {
  static constexpr shape kind = shape::refused_deleter;
};
template <class Value>
struct standard_parts<std::shared_ptr<Value>> {
  static constexpr shape kind = shape::refused_shared_pointer;
};
template <class Value>
struct standard_parts<std::weak_ptr<Value>> {
  static constexpr shape kind = shape::refused_shared_pointer;
};
template <expected_like Type>
struct standard_parts<Type> {
  using value_type = typename Type::value_type;
  static constexpr shape kind = shape::expected;
  using types =
      type_list<std::conditional_t<std::is_void_v<value_type>, std::tuple<>, value_type>, typename Type::error_type>;
};
template <class... Choices>
struct standard_parts<std::variant<Choices...>> {
  static constexpr shape kind = sizeof...(Choices) <= 255 ? shape::variant : shape::refused_variant;
  using types = type_list<Choices...>;
};
template <class First, class Second>
struct standard_parts<std::pair<First, Second>> {
  static constexpr shape kind = shape::tuple;
  using types = type_list<First, Second>;
};
template <class... Parts>
struct standard_parts<std::tuple<Parts...>> {
  static constexpr shape kind = shape::tuple;
  using types = type_list<Parts...>;
};

// Associative containers are recognised by their interface, so that those of Boost and of other libraries count as
// well.
template <class Type>
concept associative = requires {
  typename Type::key_type;
  typename Type::value_type;
  typename Type::iterator;
};
template <class Type>
concept ordered_container = associative<Type> && requires(const Type& container) {
  typename Type::key_compare;
  container.key_comp();
};
template <class Type>
concept hashed_container = associative<Type> && requires(const Type& container) {
  typename Type::hasher;
  container.hash_function();
};
template <class Type>
concept has_mapped_type = requires {
  typename Type::mapped_type;
};

/// Whether a container keeps equal keys: its `insert` then returns an iterator alone.
template <class Type>
inline constexpr bool keeps_equal_keys = !requires(Type & container, const typename Type::value_type& value) {
  container.insert(value).second;
};

template <class Type>
concept duration_like = requires(const Type& value) {
  typename Type::rep;
  { Type::period::num } -> std::convertible_to<std::intmax_t>;
  { Type::period::den } -> std::convertible_to<std::intmax_t>;
  { value.count() } -> std::same_as<typename Type::rep>;
};
template <class Type>
concept time_point_like = requires(const Type& value) {
  typename Type::clock;
  requires duration_like<typename Type::duration>;
  { value.time_since_epoch() } -> std::same_as<typename Type::duration>;
};

enum class clock_kind : unsigned char { unknown, system, steady };

/// Which of the standard's clocks a type is. It is recognised by its name, because <chrono> adds 0.2 s to each
/// translation unit.
template <class Clock>
consteval clock_kind kind_of_clock() {
#if defined(__GNUC__) || defined(__clang__)
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t found = text.find("Clock = std::");
  if (found == std::string_view::npos) return clock_kind::unknown;
  const std::string_view name = text.substr(found, text.find_first_of(";]", found) - found);
  if (name.ends_with("::system_clock")) return clock_kind::system;
  if (name.ends_with("::steady_clock")) return clock_kind::steady;
  return clock_kind::unknown;
#else
  if constexpr (requires(typename Clock::time_point now) { Clock::to_time_t(now); }) return clock_kind::system;
  return Clock::is_steady ? clock_kind::steady : clock_kind::unknown;
#endif
}

template <class Rep>
inline constexpr bool is_portable_tick = is_portable_integer<Rep> || is_one_of<Rep, float, double>;

/// The members of a struct adapted or defined with Boost.Hana: pairs of a name and a function object.
template <class... Members>
struct hana_members {
  static constexpr std::array<std::string_view, sizeof...(Members)> names{
      std::string_view{boost::hana::first(Members{}).c_str()}...};

  template <class Struct, class Visitor>
  static constexpr decltype(auto) visit(Struct& object, Visitor&& visitor) {
    return visitor(boost::hana::second(Members{})(object)...);
  }
  /// The codec decodes into the members themselves, so accessors must return references to them.
  template <class Struct>
  static constexpr bool are_references =
      (std::is_lvalue_reference_v<decltype(boost::hana::second(Members{})(std::declval<Struct&>()))> && ...);
};

struct list_hana_members {
  template <class... Members>
  constexpr hana_members<Members...> operator()(const Members&...) const {
    return {};
  }
};

template <class Type>
concept hana_adapted = boost::hana::Struct<Type>::value;

/// Unpacked once a type: Hana's algorithms are slow to compile.
template <class Type>
using hana_members_of = decltype(boost::hana::unpack(boost::hana::accessors<Type>(), list_hana_members{}));

template <class Type>
inline constexpr bool is_named = !schema_of<Type>.name.empty();

template <class Type>
concept external_with_schema = requires {
  { external_codec<Type>::schema } -> std::convertible_to<std::string_view>;
};

/// Whether an external codec encodes a type. One that needs a name leaves an aggregate without a name to its members.
template <class Type>
concept encoded_externally = external_codec<Type>::provided &&
    (is_named<Type> || !std::is_aggregate_v<Type> || !requires { requires external_codec<Type>::needs_name; });

template <class Type>
consteval shape shape_of_record() {
  if constexpr (misdeclares_schema<Type>) {
    return shape::refused_schema;
  } else if constexpr (encoded_externally<Type>) {
    if constexpr (!external_with_schema<Type> && !is_named<Type>)
      return has_schema_name<Type> ? shape::refused_schema : shape::refused_unnamed;
    else
      return std::is_default_constructible_v<Type> ? shape::external : shape::refused_default;
  } else if constexpr (std::is_union_v<Type>) {
    return shape::refused_union;
  } else if constexpr (hana_adapted<Type>) {
    if constexpr (!std::is_default_constructible_v<Type>) return shape::refused_default;
    if constexpr (!hana_members_of<Type>::template are_references<Type>) return shape::refused_accessor;
    return shape::adapted;
  } else if constexpr (std::is_aggregate_v<Type>) {
    return fault_of<Type> == aggregate_fault::none ? shape::aggregate : shape::refused_members;
  } else {
    return is_in_std<Type>() ? shape::refused_library_type : shape::refused_unknown;
  }
}

template <class Type>
consteval shape find_shape() {
  if constexpr (std::is_reference_v<Type>) {
    return shape::refused_reference;
  } else if constexpr (std::is_const_v<Type> || std::is_volatile_v<Type>) {
    return shape::refused_const;
  } else if constexpr (std::is_array_v<Type>) {
    return standard_parts<Type>::kind == shape::fixed_array ? shape::fixed_array : shape::refused_c_array;
  } else if constexpr (std::is_same_v<Type, bool>) {
    return shape::boolean;
  } else if constexpr (is_portable_integer<Type>) {
    return shape::integer;
  } else if constexpr (is_portable_character<Type>) {
    return shape::character;
  } else if constexpr (is_one_of<Type, float, double>) {
    return shape::floating;
  } else if constexpr (std::is_same_v<Type, std::byte>) {
    return shape::byte;
  } else if constexpr (std::is_enum_v<Type>) {
    return is_refused(find_shape<std::underlying_type_t<Type>>()) ? shape::refused_number : shape::enumeration;
  } else if constexpr (std::is_pointer_v<Type> || std::is_member_pointer_v<Type> || std::is_null_pointer_v<Type>) {
    return shape::refused_pointer;
  } else if constexpr (!std::is_class_v<Type> && !std::is_union_v<Type>) {
    return std::is_void_v<Type> || std::is_function_v<Type> ? shape::refused_unknown : shape::refused_number;
  } else if constexpr (standard_parts<Type>::kind != shape::refused_unknown) {
    return standard_parts<Type>::kind;
  } else if constexpr (ordered_container<Type>) {
    return has_mapped_type<Type> ? shape::map : shape::set;
  } else if constexpr (hashed_container<Type>) {
    return has_mapped_type<Type> ? shape::hashed_map : shape::hashed_set;
  } else if constexpr (duration_like<Type>) {
    return is_portable_tick<typename Type::rep> ? shape::duration : shape::refused_number;
  } else if constexpr (time_point_like<Type>) {
    if constexpr (kind_of_clock<typename Type::clock>() == clock_kind::unknown)
      return shape::refused_clock;
    else
      return is_portable_tick<typename Type::duration::rep> ? shape::time_point : shape::refused_number;
  } else {
    return shape_of_record<Type>();
  }
}

template <class Type>
inline constexpr shape shape_of = find_shape<Type>();

template <class Type>
inline constexpr bool is_record = shape_of<Type> == shape::aggregate || shape_of<Type> == shape::adapted;

/// Calls `visitor` with every member of a record, as lvalues, in the order of the schema.
template <class Type, class Visitor>
constexpr decltype(auto) visit_members(Type& object, Visitor&& visitor) {
  using record = std::remove_const_t<Type>;
  if constexpr (shape_of<record> == shape::adapted) {
    return hana_members_of<record>::visit(object, visitor);
  } else {
    return visit_plain_members<member_count<record>>(object, visitor);
  }
}

template <class Type>
consteval auto find_names() {
  if constexpr (shape_of<Type> == shape::adapted) {
    return hana_members_of<Type>::names;
  } else {
    return find_member_names<Type>();
  }
}

template <class Type>
inline constexpr auto member_names_of = find_names<Type>();

template <class Type>
consteval auto find_parts() {
  if constexpr (shape_of<Type> == shape::aggregate) {
    return plain_members_of<Type>{};
  } else if constexpr (shape_of<Type> == shape::adapted) {
    return decltype(visit_members(std::declval<Type&>(), list_member_types{})){};
  } else if constexpr (shape_of<Type> == shape::set || shape_of<Type> == shape::hashed_set) {
    return type_list<typename Type::key_type>{};
  } else if constexpr (shape_of<Type> == shape::map || shape_of<Type> == shape::hashed_map) {
    return type_list<typename Type::key_type, typename Type::mapped_type>{};
  } else if constexpr (requires { typename standard_parts<Type>::types; }) {
    return typename standard_parts<Type>::types{};
  } else {
    return type_list<>{};
  }
}

/// The types of a type's parts, as a `type_list`.
template <class Type>
using parts_of = decltype(find_parts<Type>());

}  // namespace detail
}  // namespace quipu
