// SPDX-License-Identifier: BSL-1.0
//
// schema_json.hpp: prints a payload as JSON by the text of its schema; no C++ type is needed, so that any tool can show
// what is in a log. Neither text nor payload is trusted: depth, time and output are bounded by their sizes.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "detail/schema_parse.hpp"
#include "schema.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu {
namespace detail {

/// The length of the UTF-8 sequence at the start of a text, or 0 where there is none: overlong forms, surrogates and
/// numbers beyond U+10FFFF aren't UTF-8 (RFC 3629, section 4).
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto at = [text](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const auto follows = [&](std::size_t index, unsigned low, unsigned high) {
    return at(index) >= low && at(index) <= high;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return text.empty() ? 0 : 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

/// Appends a JSON string. A byte 0xNN that isn't UTF-8 becomes `\udcNN`, a lone surrogate, which no valid text
/// contains.
void append_json_string(std::string& out, std::string_view text);

class json_printer {
 public:
  json_printer(const schema_table& table, bytes_view payload);

  [[nodiscard]] std::string print();

 private:
  static constexpr unsigned depth_cap = 1024;
  // Values without bytes cost a step each, too: a short text can promise more of them than anyone could wait for.
  static constexpr std::size_t step_base = 1U << 20;
  static constexpr std::size_t steps_a_byte = 64;

  [[noreturn]] void fail(const char* why) const;

  void step();

  template <class Number>
  [[nodiscard]] Number get() {
    Number number{};
    if (!reader_.get(number)) fail("it ends too early");
    return number;
  }

  [[nodiscard]] bytes_view take(std::size_t count);

  template <class Number>
  void append_number(Number number) {
    char text[40];
    const auto result = std::to_chars(text, text + sizeof text, number);
    out_.append(text, result.ptr);
  }

  template <class Number>
  void append_floating(Number number) {
    // JSON has no infinite numbers and no NaN.
    if (number != number)
      out_.append("\"NaN\"");
    else if (number - number != 0)
      out_.append(number < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    else
      append_number(number);
  }

  void print_integer(const schema_node& node);

  /// The name of the value that comes next, if the schema has one.
  bool print_enumerator(const schema_node& node);

  void append_hex(bytes_view raw);

  [[nodiscard]] std::size_t get_size(std::uint64_t min_size);

  /// A run of one-byte elements, in the form that reads best. False for any other element.
  bool print_bytes(const schema_node& element, std::uint64_t count);

  void print_pad(bool is_padded_element);

  void print_list(const schema_node& node, unsigned depth, unsigned names);

  /// Maps from strings are objects, unless a key may come twice.
  void print_map(const schema_node& node, unsigned depth, unsigned names);

  void print_parts(const schema_node& node, unsigned depth, unsigned names);

  void print_variant(const schema_node& node, unsigned depth, unsigned names);

  void print_opaque(const schema_node& node);

  void print_value(std::uint32_t index, unsigned depth, unsigned names);

  const schema_table& table_;
  byte_reader reader_;
  std::size_t steps_;
  std::string out_;
};

}  // namespace detail

/// The payload as JSON. Records and maps from strings are objects, other maps arrays of pairs; bytes are hexadecimal;
/// an enumerator that the text names is a string; other values of enumerations, durations and times (nanoseconds) are
/// numbers; 64-bit integers are plain numbers; numbers that aren't finite are strings; an absent optional is null; a
/// variant is `{"index":i,"value":v}`; a type whose shape the text doesn't tell is `{"opaque":name,"bytes":hex}`.
/// Throws `errc::decode_failed` when the text isn't a schema or the payload isn't of it.
[[nodiscard]] std::string schema_to_json(std::string_view schema_text, bytes_view payload);

}  // namespace quipu
