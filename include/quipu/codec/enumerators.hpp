// SPDX-License-Identifier: BSL-1.0
//
// enumerators.hpp: the names and values of an enumeration, which are a part of its schema. An enumeration that is
// described with Boost.Describe gives them exactly. Of any other one, the compiler prints each value of a bounded
// range: those with a name by their name. All of it happens while compiling, and costs a few milliseconds for an
// enumeration (docs/decisions/0054-enumerators-belong-to-the-schema.md).
#pragma once

#include "reflect.hpp"

#include <boost/describe/enumerators.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

/// A range of values, both ends included. It is empty if `last` is less than `first`.
struct enumerator_range {
  std::int64_t first{};
  std::int64_t last{};
};

/// No enumerator belongs to the schema: it has the underlying type alone, and a change of meaning is not noticed.
inline constexpr enumerator_range no_enumerators{0, -1};

/// Where the enumerators of a type are looked for. A specialisation, visible before the type's first use, gives another
/// range, or `no_enumerators`:
/// `template <> inline constexpr quipu::enumerator_range quipu::enumerators_of<http::status>{100, 599};`
/// Of an enumeration over 8 bits every value is looked at. Of others, the search goes on beyond either end of the range
/// while it finds a name within 128 values of that end; and 0, -1, the powers of two, the least and the greatest value
/// are always looked at. A type that is described with Boost.Describe has the enumerators that it was described with.
template <class Enum>
inline constexpr enumerator_range enumerators_of{-128, 255};

namespace detail {

template <class Enum>
struct values_of {
  template <Enum... values>
  struct quipu_value_list {};
};

/// The compiler's description of a list of values, an enumerator by its name. The size is given, because a compiler
/// takes longer to find the end of the text than to make it.
template <class List>
consteval std::string_view describe_values() {
#if defined(__GNUC__) || defined(__clang__)
  return {__PRETTY_FUNCTION__, sizeof __PRETTY_FUNCTION__ - 1};
#else
  return {};
#endif
}

/// Reads the list in a description: `A::first, (A)1, 2, A::fourth>`, where `A` may contain anything that a type's name
/// can. It is interpreted by a compiler for hundreds of values, and so takes few steps.
class value_list_reader {
 public:
  constexpr explicit value_list_reader(std::string_view text) {
    constexpr std::string_view mark = "::quipu_value_list<";
    const std::size_t found = text.find(mark);
    if (found == std::string_view::npos) return;
    at_ = text.data() + found + mark.size();
    end_ = text.data() + text.size();
  }

  /// The next value's name, or nothing for a value without one.
  constexpr std::string_view next() {
    const char* const begin = at_;
    const char* after = begin;
    if (cast_size_ != 0 && end_ - begin > cast_size_ && *begin == '(' && begin[cast_size_ - 1] == ')')
      after += cast_size_;
    if (after != end_ && *after == '-') ++after;
    if (after != end_ && is_digit(*after)) {
      do ++after;
      while (is_digit(*after));
      at_ = end_ - after > 2 ? after + 2 : end_;
      return {};
    }
    find_separator();
    const char* name = at_;
    while (name != begin && is_identifier_character(name[-1])) --name;
    const std::string_view found{name, static_cast<std::size_t>(at_ - name)};
    at_ = end_ - at_ > 2 ? at_ + 2 : end_;
    if (found.empty() || !is_digit(found[0])) return found;
    // `(A)123`: the next value may be of this kind, too, and `(A)` is as long there.
    cast_size_ = name - begin - (name[-1] == '-' ? 1 : 0);
    return {};
  }

 private:
  static constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

  /// The comma or bracket that ends a value.
  constexpr void find_separator() {
    unsigned depth = 0;
    for (; at_ != end_; ++at_) {
      const char letter = *at_;
      if (letter == '\'') {
        skip_quoted();
      } else if (letter == '<' || letter == '(' || letter == '{') {
        ++depth;
      } else if (letter == '>' || letter == ')' || letter == '}') {
        if (depth == 0) return;
        --depth;
      } else if (letter == ',' && depth == 0) {
        return;
      }
    }
  }

  /// To the closing quote of a character among a template's arguments.
  constexpr void skip_quoted() {
    for (++at_; at_ + 1 < end_ && *at_ != '\''; ++at_) {
      if (*at_ == '\\') ++at_;
    }
  }

  const char* at_{};
  const char* end_{};
  std::ptrdiff_t cast_size_{};
};

/// Enumerators, ascending by value: the first `size` of the arrays.
template <class Enum, std::size_t capacity>
struct enumerator_list {
  std::array<std::underlying_type_t<Enum>, capacity> values{};
  std::array<std::string_view, capacity> names{};
  std::size_t size{};
};

// A value that an enumeration without a fixed type need not have: an error in clang 16 to 19 that a requires clause
// doesn't see. Newer ones see it there, and older ones take the value.
#if defined(__clang__)
#pragma clang diagnostic push
#if __has_warning("-Wenum-constexpr-conversion")
#pragma clang diagnostic ignored "-Wenum-constexpr-conversion"
#endif
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#endif

/// Those of the values that have a name.
template <class Enum, std::underlying_type_t<Enum>... numbers>
consteval auto name_values() {
  enumerator_list<Enum, sizeof...(numbers)> found{};
  if constexpr (sizeof...(numbers) != 0) {
    value_list_reader reader{
        describe_values<typename values_of<Enum>::template quipu_value_list<static_cast<Enum>(numbers)...>>()};
    for (const std::underlying_type_t<Enum> value : {numbers...}) {
      const std::string_view name = reader.next();
      if (name.empty()) continue;
      found.values[found.size] = value;
      found.names[found.size++] = name;
    }
  }
  return found;
}

/// A lookup of a name in it makes a compiler read the definition of an enumeration that is a member of a template.
template <class Enum>
concept is_read = !requires {
  Enum::quipu_reads_the_definition_of_this_enumeration;
};

template <class Enum, auto value>
concept is_constant_of = requires {
  typename std::integral_constant<Enum, static_cast<Enum>(value)>;
};

#if defined(__clang__)
#pragma clang diagnostic pop
#else
#pragma GCC diagnostic pop
#endif

/// The values that a constant of the type may have: all of the underlying type, but that an enumeration without a fixed
/// one may have only as many bits as its enumerators need.
template <class Enum>
struct constant_limits {
  using number = std::underlying_type_t<Enum>;
  using limits = std::numeric_limits<number>;

  template <std::size_t... bits>
  static constexpr number find_highest(std::index_sequence<bits...>) {
    number found = 0;
    ((is_constant_of<Enum, static_cast<number>((number{2} << bits) - 1)>
          ? static_cast<void>(found = static_cast<number>((number{2} << bits) - 1))
          : void()),
     ...);
    return found;
  }
  static constexpr number find_highest() {
    if constexpr (is_constant_of<Enum, limits::max()>)
      return limits::max();
    else
      return find_highest(std::make_index_sequence<limits::digits - 2>{});
  }
  static constexpr number find_lowest() {
    if constexpr (is_constant_of<Enum, limits::min()>)
      return limits::min();
    else if constexpr (is_constant_of<Enum, static_cast<number>(-1)>)
      return static_cast<number>(-find_highest() - 1);
    else
      return 0;
  }

  static constexpr number highest = find_highest();
  static constexpr number lowest = find_lowest();
};

/// The search of an enumeration's names, in steps of 128 values. Step 0 begins where the range does; steps before it
/// have negative numbers.
template <class Enum>
struct enumerator_search {
  using number = std::underlying_type_t<Enum>;
  using limits = constant_limits<Enum>;
  static constexpr std::int64_t width = 128;

  static constexpr bool is_less(number value, std::int64_t limit) {
    if constexpr (std::is_unsigned_v<number> && sizeof(number) == 8)
      return limit > 0 && value < static_cast<number>(limit);
    else
      return static_cast<std::int64_t>(value) < limit;
  }
  /// Steps stay where 64 bits don't overflow.
  static constexpr std::int64_t clamped(number value) {
    constexpr std::int64_t limit = std::int64_t{1} << 62;
    if (is_less(value, -limit)) return -limit;
    return is_less(value, limit) ? static_cast<std::int64_t>(value) : limit;
  }
  static constexpr std::int64_t lowest = clamped(limits::lowest);
  static constexpr std::int64_t highest = clamped(limits::highest);

  static constexpr enumerator_range range =
      sizeof(Enum) == 1 ? enumerator_range{lowest, highest} : enumerators_of<Enum>;
  static constexpr std::int64_t first = range.first > lowest ? range.first : lowest;
  static constexpr std::int64_t last = range.last < highest ? range.last : highest;
  static_assert(first <= last, "the range of enumerators_of has none of the values of the type");
  static_assert(last - first <= 65536, "the range of enumerators_of is at most 65,536 values wide");

  static constexpr std::int64_t step_first(std::int64_t step) {
    return first + step * width > lowest ? first + step * width : lowest;
  }
  static constexpr std::int64_t step_last(std::int64_t step) {
    const std::int64_t from = first + step * width;
    return highest - from > width - 1 ? from + width - 1 : highest;
  }

  template <std::int64_t from, std::size_t... offsets>
  static consteval auto name_run(std::index_sequence<offsets...>) {
    return name_values<Enum, static_cast<number>(from + static_cast<std::int64_t>(offsets))...>();
  }
  template <std::int64_t step>
  static constexpr auto found_in = name_run<step_first(step)>(
      std::make_index_sequence<static_cast<std::size_t>(step_last(step) - step_first(step) + 1)>{});

  /// The last step that is searched, upwards from one. The search ends after two steps without names.
  template <std::int64_t step, unsigned misses>
  static consteval std::int64_t find_last_step() {
    constexpr unsigned now = found_in<step>.size != 0 ? 0 : misses + 1;
    if constexpr (now >= 2 || step_last(step) == highest)
      return step;
    else
      return find_last_step<step + 1, now>();
  }
  template <std::int64_t step, unsigned misses>
  static consteval std::int64_t find_first_step() {
    constexpr unsigned now = found_in<step>.size != 0 ? 0 : misses + 1;
    if constexpr (now >= 2 || step_first(step) == lowest)
      return step;
    else
      return find_first_step<step - 1, now>();
  }
  static constexpr std::int64_t first_step = find_first_step<0, 1>();
  static constexpr std::int64_t last_step = find_last_step<(last - first) / width, 1>();

  struct lone_values {
    std::array<number, 68> values{};
    std::size_t count{};

    constexpr void add(number value, bool below) {
      if (value < limits::lowest || value > limits::highest || (count != 0 && values[count - 1] >= value)) return;
      if (below ? is_less(value, step_first(first_step)) : !is_less(value, step_last(last_step) + 1))
        values[count++] = value;
    }
  };
  /// Values that are looked at wherever they are: ascending, those before the steps or those after them.
  static consteval lone_values find_lone_values(bool below) {
    lone_values found;
    found.add(limits::lowest, below);
    if constexpr (std::is_signed_v<number>) found.add(static_cast<number>(-1), below);
    found.add(0, below);
    for (int bit = 0; bit < std::numeric_limits<number>::digits; ++bit)
      found.add(static_cast<number>(static_cast<std::uint64_t>(1) << bit), below);
    found.add(limits::highest, below);
    return found;
  }
  template <bool below, std::size_t... indices>
  static consteval auto name_lone_values(std::index_sequence<indices...>) {
    constexpr lone_values lone = find_lone_values(below);
    return name_values<Enum, lone.values[indices]...>();
  }
  template <bool below>
  static constexpr auto lone = name_lone_values<below>(std::make_index_sequence<find_lone_values(below).count>{});

  template <class Writer, std::size_t... steps>
  static constexpr void put_steps(Writer& writer, std::index_sequence<steps...>) {
    (writer.put(found_in<first_step + static_cast<std::int64_t>(steps)>), ...);
  }
  template <class Writer>
  static constexpr void put(Writer& writer) {
    if constexpr (sizeof(Enum) > 1) writer.put(lone<true>);
    put_steps(writer, std::make_index_sequence<static_cast<std::size_t>(last_step - first_step + 1)>{});
    if constexpr (sizeof(Enum) > 1) writer.put(lone<false>);
  }
};

template <class Enum>
concept is_described = boost::describe::has_describe_enumerators<Enum>::value;

/// The enumerators of a description, ascending by value; of several for one value, the first.
template <class Enum>
struct described_enumerators {
  template <template <class...> class List, class... Descriptors>
  static consteval auto list(List<Descriptors...>) {
    using number = std::underlying_type_t<Enum>;
    enumerator_list<Enum, sizeof...(Descriptors)> found{
        {static_cast<number>(Descriptors::value)...}, {std::string_view{Descriptors::name}...}, sizeof...(Descriptors)};
    for (std::size_t end = 1; end < found.size; ++end) {
      for (std::size_t at = end; at > 0 && found.values[at] < found.values[at - 1]; --at) {
        std::swap(found.values[at], found.values[at - 1]);
        std::swap(found.names[at], found.names[at - 1]);
      }
    }
    std::size_t kept = 0;
    for (std::size_t at = 0; at < found.size; ++at) {
      if (at != 0 && found.values[at] == found.values[at - 1]) continue;
      found.names[kept] = found.names[at];
      found.values[kept++] = found.values[at];
    }
    found.size = kept;
    return found;
  }
  template <class Writer>
  static constexpr void put(Writer& writer) {
    writer.put(list(boost::describe::describe_enumerators<Enum>{}));
  }
};

/// Writes `open=0,paid=1`. Counts only while `out` is null.
struct enumerator_writer {
  char* out{};
  std::size_t size{};

  constexpr void put(char letter) {
    if (out != nullptr) out[size] = letter;
    ++size;
  }
  constexpr void put_number(auto number) {
    std::uint64_t magnitude = static_cast<std::uint64_t>(number);
    if (number < 0) {
      put('-');
      magnitude = ~magnitude + 1;
    }
    std::uint64_t scale = 1;
    while (magnitude / scale >= 10) scale *= 10;
    for (; scale != 0; scale /= 10) put(static_cast<char>('0' + magnitude / scale % 10));
  }
  template <class Enum, std::size_t capacity>
  constexpr void put(const enumerator_list<Enum, capacity>& list) {
    for (std::size_t index = 0; index < list.size; ++index) {
      if (size != 0) put(',');
      for (const char letter : list.names[index]) put(letter);
      put('=');
      if constexpr (std::is_same_v<std::underlying_type_t<Enum>, bool>)
        put(list.values[index] ? '1' : '0');
      else
        put_number(list.values[index]);
    }
  }
};

template <class Enum>
constexpr void put_enumerators([[maybe_unused]] enumerator_writer& writer) {
  if constexpr (enumerators_of<Enum>.first <= enumerators_of<Enum>.last && is_read<Enum>) {
    if constexpr (is_described<Enum>)
      described_enumerators<Enum>::put(writer);
    else
      enumerator_search<Enum>::put(writer);
  }
}

template <class Enum>
consteval std::size_t measure_enumerators() {
  enumerator_writer writer;
  put_enumerators<Enum>(writer);
  return writer.size;
}

template <class Enum>
consteval auto write_enumerators() {
  std::array<char, measure_enumerators<Enum>()> text{};
  enumerator_writer writer{text.data()};
  put_enumerators<Enum>(writer);
  return text;
}

template <class Enum>
inline constexpr auto enumerator_storage = write_enumerators<Enum>();

/// The enumerators as a schema has them: `open=0,paid=1`, ascending by value. Empty where none is known.
template <class Enum>
inline constexpr std::string_view enumerators{enumerator_storage<Enum>.data(), enumerator_storage<Enum>.size()};

/// Whether a list of enumerators has all that are in another one, with their values.
[[nodiscard]] constexpr bool has_enumerators(std::string_view list, std::string_view wanted) {
  const auto take = [](std::string_view& from) {
    const std::size_t comma = from.find(',');
    const std::string_view taken = from.substr(0, comma);
    from.remove_prefix(comma == std::string_view::npos ? from.size() : comma + 1);
    return taken;
  };
  while (!wanted.empty()) {
    const std::string_view one = take(wanted);
    for (;;) {
      if (list.empty()) return false;
      if (take(list) == one) break;  // both are ascending
    }
  }
  return true;
}

}  // namespace detail
}  // namespace quipu
