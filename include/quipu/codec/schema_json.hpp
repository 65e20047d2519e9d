// SPDX-License-Identifier: BSL-1.0
//
// schema_json.hpp: prints a payload as JSON by the text of its schema; no C++ type is needed, so that any tool can show what is
// in a log. Neither text nor payload is trusted: depth, time and output are bounded by their sizes.
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

/// The length of the UTF-8 sequence at the start of a text, or 0 where there is none: overlong forms, surrogates and numbers
/// beyond U+10FFFF aren't UTF-8 (RFC 3629, section 4).
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto at = [text](std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U; };
  const auto follows = [&](std::size_t index, unsigned low, unsigned high) { return at(index) >= low && at(index) <= high; };
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

/// Appends a JSON string. A byte 0xNN that isn't UTF-8 becomes `\udcNN`, a lone surrogate, which no valid text contains.
inline void append_json_string(std::string& out, std::string_view text) {
  const auto escape = [&out](std::string_view prefix, unsigned value) {
    out.append(prefix);
    out.push_back(hex_digits[value >> 4]);
    out.push_back(hex_digits[value & 15]);
  };
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto letter = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      escape("\\udc", letter);
    } else if (letter == '"' || letter == '\\') {
      out.push_back('\\');
      out.push_back(text[0]);
    } else if (letter < 0x20 || letter == 0x7F) {
      escape("\\u00", letter);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out.push_back('"');
}

class json_printer {

 public:
  json_printer(const schema_table& table, bytes_view payload)
      : table_{table}, reader_{payload}, steps_{step_base + payload.size() * steps_a_byte} {}

  [[nodiscard]] std::string print() {
    print_value(table_.root(), 0, 0);
    if (!reader_.at_end()) fail("bytes are left over");
    return std::move(out_);
  }

 private:
  static constexpr unsigned depth_cap = 1024;
  // Values without bytes cost a step each, too: a short text can promise more of them than anyone could wait for.
  static constexpr std::size_t step_base = 1U << 20;
  static constexpr std::size_t steps_a_byte = 64;

  [[noreturn]] void fail(const char* why) const {
    throw error{errc::decode_failed, std::string{"a payload that doesn't match its schema: "} + why, {.offset = reader_.position()}};
  }

  void step() {
    if (steps_ == 0) fail("it stands for more values than its size allows");
    --steps_;
  }

  template <class Number>
  [[nodiscard]] Number get() {
    Number number{};
    if (!reader_.get(number)) fail("it ends too early");
    return number;
  }

  [[nodiscard]] bytes_view take(std::size_t count) {
    bytes_view raw;
    if (!reader_.take(raw, count)) fail("it ends too early");
    return raw;
  }

  template <class Number>
  void append_number(Number number) {
    char text[40];
    const auto result = std::to_chars(text, text + sizeof text, number);
    out_.append(text, result.ptr);
  }

  template <class Number>
  void append_floating(Number number) {
    // What isn't finite has no number in JSON.
    if (number != number) out_.append("\"NaN\"");
    else if (number - number != 0) out_.append(number < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    else append_number(number);
  }

  void print_integer(const schema_node& node) {
    const bool is_signed = node.kind == schema_kind::signed_integer;
    switch (node.size) {
      case 1: is_signed ? append_number(int{get<std::int8_t>()}) : append_number(unsigned{get<std::uint8_t>()}); break;
      case 2: is_signed ? append_number(int{get<std::int16_t>()}) : append_number(unsigned{get<std::uint16_t>()}); break;
      case 4: is_signed ? append_number(get<std::int32_t>()) : append_number(get<std::uint32_t>()); break;
      default: is_signed ? append_number(get<std::int64_t>()) : append_number(get<std::uint64_t>()); break;
    }
  }

  void append_hex(bytes_view raw) {
    out_.push_back('"');
    out_.append(to_hex(raw));
    out_.push_back('"');
  }

  [[nodiscard]] std::size_t get_size(std::uint64_t min_size) {
    const auto count = get<std::uint32_t>();
    if (count > reader_.remaining() / (min_size == 0 ? 1 : min_size)) fail("a count that the bytes left over can't back");
    return count;
  }

  /// A run of one-byte elements, in the form that reads best. False for any other element.
  bool print_bytes(const schema_node& element, std::uint64_t count) {
    if (element.size != 1 || element.is_enum || count > reader_.remaining()) return false;
    if (element.kind == schema_kind::byte || element.kind == schema_kind::unsigned_integer) {
      append_hex(take(static_cast<std::size_t>(count)));
    } else if (element.kind == schema_kind::character) {
      append_json_string(out_, take(static_cast<std::size_t>(count)).text());
    } else {
      return false;
    }
    return true;
  }

  void print_pad(bool is_padded_element) {
    if (is_padded_element && get<std::uint8_t>() != 0) fail("a pad byte that isn't zero");
  }

  void print_list(const schema_node& node, unsigned depth, unsigned names) {
    const std::uint32_t element = table_.child(node, 0).node;
    const std::uint64_t min_size = table_.node(element).min_size;
    const bool is_counted = node.kind != schema_kind::fixed_list;
    const std::uint64_t count = is_counted ? get_size(min_size) : node.length;
    if (node.kind != schema_kind::set && print_bytes(table_.node(element), count)) return;
    out_.push_back('[');
    for (std::uint64_t index = 0; index < count; ++index) {
      if (index != 0) out_.push_back(',');
      print_value(element, depth, names);
      print_pad(is_counted && min_size == 0);
    }
    out_.push_back(']');
  }

  /// Maps from strings are objects, unless a key may come twice.
  void print_map(const schema_node& node, unsigned depth, unsigned names) {
    const std::uint32_t key = table_.child(node, 0).node;
    const std::uint32_t mapped = table_.child(node, 1).node;
    const std::uint64_t min_size = table_.node(key).min_size + table_.node(mapped).min_size;
    const bool is_object = node.kind == schema_kind::map && table_.node(key).kind == schema_kind::string;
    const std::size_t count = get_size(min_size);
    out_.push_back(is_object ? '{' : '[');
    for (std::size_t index = 0; index < count; ++index) {
      if (index != 0) out_.push_back(',');
      if (!is_object) out_.push_back('[');
      print_value(key, depth, names);
      out_.push_back(is_object ? ':' : ',');
      print_value(mapped, depth, names);
      if (!is_object) out_.push_back(']');
      print_pad(min_size == 0);
    }
    out_.push_back(is_object ? '}' : ']');
  }

  void print_parts(const schema_node& node, unsigned depth, unsigned names) {
    const bool is_record = node.kind == schema_kind::record;
    out_.push_back(is_record ? '{' : '[');
    for (std::uint32_t index = 0; index < node.child_count; ++index) {
      const schema_child& child = table_.child(node, index);
      if (index != 0) out_.push_back(',');
      if (is_record) {
        append_json_string(out_, child.name);
        out_.push_back(':');
      }
      print_value(child.node, depth, names);
    }
    out_.push_back(is_record ? '}' : ']');
  }

  void print_variant(const schema_node& node, unsigned depth, unsigned names) {
    const auto index = get<std::uint8_t>();
    if (index >= node.child_count) fail("a variant's index without an alternative");
    out_.append("{\"index\":");
    append_number(unsigned{index});
    out_.append(",\"value\":");
    print_value(table_.child(node, index).node, depth, names);
    out_.push_back('}');
  }

  void print_opaque(const schema_node& node) {
    out_.append("{\"opaque\":");
    append_json_string(out_, node.name);
    out_.append(",\"bytes\":");
    append_hex(take(get_size(1)));
    out_.push_back('}');
  }

  void print_value(std::uint32_t index, unsigned depth, unsigned names) {
    step();
    if (++depth > depth_cap) fail("it is nested too deep");
    const schema_node& node = table_.node(index);
    switch (node.kind) {
      case schema_kind::boolean: {
        const auto value = get<std::uint8_t>();
        if (value > 1) fail("a truth value other than 0 and 1");
        out_.append(value == 1 ? "true" : "false");
        break;
      }
      case schema_kind::unsigned_integer:
      case schema_kind::signed_integer: print_integer(node); break;
      case schema_kind::byte: append_number(unsigned{get<std::uint8_t>()}); break;
      case schema_kind::floating:
        if (node.size == 4) append_floating(get<float>());
        else append_floating(get<double>());
        break;
      case schema_kind::character: append_json_string(out_, take(1).text()); break;
      case schema_kind::string: append_json_string(out_, take(get_size(1)).text()); break;
      case schema_kind::list:
      case schema_kind::set:
      case schema_kind::fixed_list: print_list(node, depth, names); break;
      case schema_kind::optional: {
        const auto present = get<std::uint8_t>();
        if (present > 1) fail("an optional value's mark other than 0 and 1");
        if (present == 1) print_value(table_.child(node, 0).node, depth, names);
        else out_.append("null");
        break;
      }
      case schema_kind::variant: print_variant(node, depth, names); break;
      case schema_kind::tuple:
      case schema_kind::record: print_parts(node, depth, names); break;
      case schema_kind::map:
      case schema_kind::multimap: print_map(node, depth, names); break;
      case schema_kind::named:
        if (names >= depth_limit) fail("it is nested too deep");
        print_value(table_.child(node, 0).node, depth, names + 1);
        break;
      case schema_kind::opaque: print_opaque(node); break;
    }
  }

  const schema_table& table_;
  byte_reader reader_;
  std::size_t steps_;
  std::string out_;
};

}  // namespace detail

/// The payload as JSON. Records and maps from strings are objects, other maps arrays of pairs; bytes are hexadecimal; enums,
/// durations and times (nanoseconds) are numbers; 64-bit integers are plain numbers; numbers that aren't finite are strings; an
/// absent optional is null; a variant is `{"index":i,"value":v}`; a type whose shape the text doesn't tell is
/// `{"opaque":name,"bytes":hex}`. Throws `errc::decode_failed` when the text isn't a schema or the payload isn't of it.
[[nodiscard]] inline std::string schema_to_json(std::string_view schema_text, bytes_view payload) {
  const detail::schema_table table{schema_text};
  return detail::json_printer{table, payload}.print();
}

}  // namespace quipu
