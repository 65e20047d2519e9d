// SPDX-License-Identifier: BSL-1.0
//
// qualified_name.hpp: the name of a type with its namespaces and template arguments, in one spelling for g++ and clang:
//   - a space stands only between two words: `paid<3,unsigned short>`, `int[3]`;
//   - built-in integers are spelled as `unsigned long`, never `long unsigned int`;
//   - integers have no suffix: `size<8>`, never `size<8UL>`;
//   - an unnamed namespace is `{anonymous}`;
//   - the standard library's inline namespaces and its allocators, traits, comparisons and hashes are left out:
//     `std::map<std::basic_string<char>,int>`;
//   - the standard library's strings are templates, also where a compiler prints `std::string` (clang with libc++).
// What compilers print differently in other ways stays different: g++ names inline namespaces of the program and the
// function of a local type, clang doesn't; and they don't leave out the same default arguments of the program's
// templates.
#pragma once

#include "type_name.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace quipu::detail {

/// Respells a name that a compiler printed.
class name_speller {
  /// A string of the standard library, and what it is short for.
  struct short_name {
    std::string_view word;
    std::string_view meaning;
  };
  static constexpr std::array short_names{short_name{"string", "basic_string<char>"},
                                          short_name{"wstring", "basic_string<wchar_t>"},
                                          short_name{"u8string", "basic_string<char8_t>"},
                                          short_name{"u16string", "basic_string<char16_t>"},
                                          short_name{"u32string", "basic_string<char32_t>"},
                                          short_name{"string_view", "basic_string_view<char>"},
                                          short_name{"wstring_view", "basic_string_view<wchar_t>"},
                                          short_name{"u8string_view", "basic_string_view<char8_t>"},
                                          short_name{"u16string_view", "basic_string_view<char16_t>"},
                                          short_name{"u32string_view", "basic_string_view<char32_t>"}};

 public:
  /// The most bytes that the result can have.
  static constexpr std::size_t most_bytes(std::string_view printed) noexcept {
    constexpr std::size_t most_more = std::string_view{"basic_string<char16_t>"}.size();
    std::size_t bytes = printed.size();
    for (std::size_t at = printed.find("string"); at != std::string_view::npos; at = printed.find("string", at + 1))
      bytes += most_more;
    return bytes;
  }

  /// `to` has room for `most_bytes`.
  constexpr name_speller(std::string_view printed, char* to) noexcept : rest_{printed}, to_{to} {}

  /// Returns the size of the result.
  constexpr std::size_t spell() noexcept {
    while (!rest_.empty()) {
      if (starts_a_word(rest_.front()))
        spell_word();
      else if (!skip(" ") && !skip_default_argument() && !replace("(anonymous namespace)", "{anonymous}"))
        put(take(1));
    }
    return size_;
  }

 private:
  static constexpr bool starts_a_word(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || static_cast<unsigned char>(letter) >= 0x80;
  }
  static constexpr bool is_number(std::string_view word) noexcept { return word.front() >= '0' && word.front() <= '9'; }

  constexpr void spell_word() noexcept {
    const std::string_view word = take_word();
    if (is_number(word))
      put_word(word.substr(0, word.find_first_of("uUlL")));
    else if (is_part_of_an_integer(word))
      spell_integer(word);
    else if (!word.starts_with("__") || !skip("::"))  // std::__cxx11:: and std::__1:: are std::
      put_word(is_after("std::") ? meaning_of(word) : word);
  }

  static constexpr std::string_view meaning_of(std::string_view word) noexcept {
    for (const short_name& each : short_names)
      if (each.word == word) return each.meaning;
    return word;
  }

  static constexpr bool is_part_of_an_integer(std::string_view word) noexcept {
    return word == "int" || word == "long" || word == "short" || word == "unsigned" || word == "signed" ||
           word == "char";
  }
  /// Takes the words of a built-in integer type, of which `word` is the first, in any order.
  constexpr void spell_integer(std::string_view word) noexcept {
    bool is_unsigned = false;
    bool is_signed_char = false;
    int longs = 0;
    std::string_view width = "int";
    for (;;) {
      if (word == "unsigned") is_unsigned = true;
      if (word == "signed") is_signed_char = true;
      if (word == "long") ++longs;
      if (word == "short" || word == "char") width = word;
      skip(" ");
      const name_speller before = *this;
      word = take_word();
      if (is_part_of_an_integer(word)) continue;
      *this = before;
      break;
    }
    if (is_unsigned) put_word("unsigned");
    if (is_signed_char && width == "char") put_word("signed");
    for (int index = 0; index < longs; ++index) put_word("long");
    if (longs == 0) put_word(width);
  }

  /// Skips a comma and an argument that the standard library's templates have by default.
  constexpr bool skip_default_argument() noexcept {
    for (const std::string_view argument :
         {", std::allocator<", ", std::char_traits<", ", std::less<", ", std::equal_to<", ", std::hash<"}) {
      if (!skip(argument)) continue;
      for (int depth = 1; depth != 0 && !rest_.empty();) {
        const char letter = take(1).front();
        if (letter == '<') ++depth;
        if (letter == '>') --depth;
      }
      return true;
    }
    return false;
  }

  constexpr std::string_view take(std::size_t count) noexcept {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  constexpr std::string_view take_word() noexcept {
    const char* at = rest_.data();
    const char* const end = at + rest_.size();
    while (at != end && starts_a_word(*at)) ++at;
    return take(static_cast<std::size_t>(at - rest_.data()));
  }
  constexpr bool skip(std::string_view text) noexcept {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  constexpr bool replace(std::string_view text, std::string_view by) noexcept {
    if (!skip(text)) return false;
    put(by);
    return true;
  }
  /// Whether the result ends with a name, which is no part of a longer one.
  constexpr bool is_after(std::string_view name) const noexcept {
    if (!std::string_view{to_, size_}.ends_with(name)) return false;
    if (size_ == name.size()) return true;
    const char before = to_[size_ - name.size() - 1];
    return !starts_a_word(before) && before != ':';
  }
  constexpr void put(std::string_view text) noexcept {
    for (const char *from = text.data(), *const end = from + text.size(); from != end; ++from) to_[size_++] = *from;
  }
  constexpr void put_word(std::string_view word) noexcept {
    if (size_ != 0 && starts_a_word(to_[size_ - 1])) put(" ");
    put(word);
  }

  std::string_view rest_;
  char* to_;
  std::size_t size_{};
};

template <std::size_t capacity>
struct spelled_name {
  std::array<char, capacity> text{};
  std::size_t size{};
};

template <class Type>
consteval auto spell_name() {
  constexpr std::string_view printed = whole_type_name<Type>();
  spelled_name<name_speller::most_bytes(printed)> spelled;
  spelled.size = name_speller{printed, spelled.text.data()}.spell();
  return spelled;
}
template <class Type>
inline constexpr auto spelled_name_of = spell_name<Type>();

/// Returns the name of a type with its namespaces and template arguments, as spelled above.
template <class Type>
consteval std::string_view qualified_name() {
  return {spelled_name_of<Type>.text.data(), spelled_name_of<Type>.size};
}

}  // namespace quipu::detail
