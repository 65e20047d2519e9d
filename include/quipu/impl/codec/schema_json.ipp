// SPDX-License-Identifier: BSL-1.0
//
// schema_json.ipp: see codec/schema_json.hpp.
#pragma once

#include "../../codec/detail/schema_parse.hpp"
#include "../../codec/schema.hpp"
#include "../../codec/schema_json.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"
#include "../../core/error.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail {

QUIPU_DECL void append_json_string(std::string& out, std::string_view text) {
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

QUIPU_DECL json_printer::json_printer(const schema_table& table, bytes_view payload)
    : table_{table}, reader_{payload}, steps_{step_base + payload.size() * steps_a_byte} {}

QUIPU_DECL std::string json_printer::print() {
  print_value(table_.root(), 0, 0);
  if (!reader_.at_end()) fail("bytes are left over");
  return std::move(out_);
}

QUIPU_DECL void json_printer::fail(const char* why) const {
  throw error{errc::decode_failed,
              std::string{"a payload that doesn't match its schema: "} + why,
              {.offset = reader_.position()}};
}

QUIPU_DECL void json_printer::step() {
  if (steps_ == 0) fail("it stands for more values than its size allows");
  --steps_;
}

QUIPU_DECL bytes_view json_printer::take(std::size_t count) {
  bytes_view raw;
  if (!reader_.take(raw, count)) fail("it ends too early");
  return raw;
}

QUIPU_DECL void json_printer::print_integer(const schema_node& node) {
  const bool is_signed = node.kind == schema_kind::signed_integer;
  switch (node.size) {
    case 1:
      is_signed ? append_number(int{get<std::int8_t>()}) : append_number(unsigned{get<std::uint8_t>()});
      break;
    case 2:
      is_signed ? append_number(int{get<std::int16_t>()}) : append_number(unsigned{get<std::uint16_t>()});
      break;
    case 4:
      is_signed ? append_number(get<std::int32_t>()) : append_number(get<std::uint32_t>());
      break;
    default:
      is_signed ? append_number(get<std::int64_t>()) : append_number(get<std::uint64_t>());
      break;
  }
}

QUIPU_DECL bool json_printer::print_enumerator(const schema_node& node) {
  if (node.enumerator_count == 0) return false;
  byte_reader ahead = reader_;
  bytes_view raw;
  if (!ahead.take(raw, node.size)) fail("it ends too early");
  std::uint64_t bits = 0;
  for (std::size_t index = raw.size(); index-- > 0;) bits = bits << 8 | std::to_integer<std::uint64_t>(raw[index]);
  const std::string_view name = table_.enumerator(node, bits);
  if (name.empty()) return false;
  append_json_string(out_, name);
  reader_ = ahead;
  return true;
}

QUIPU_DECL void json_printer::append_hex(bytes_view raw) {
  out_.push_back('"');
  out_.append(to_hex(raw));
  out_.push_back('"');
}

QUIPU_DECL std::size_t json_printer::get_size(std::uint64_t min_size) {
  const auto count = get<std::uint32_t>();
  if (count > reader_.remaining() / (min_size == 0 ? 1 : min_size)) fail("a count that the bytes left over can't back");
  return count;
}

QUIPU_DECL bool json_printer::print_bytes(const schema_node& element, std::uint64_t count) {
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

QUIPU_DECL void json_printer::print_pad(bool is_padded_element) {
  if (is_padded_element && get<std::uint8_t>() != 0) fail("a pad byte that isn't zero");
}

QUIPU_DECL void json_printer::print_list(const schema_node& node, unsigned depth, unsigned names) {
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

QUIPU_DECL void json_printer::print_map(const schema_node& node, unsigned depth, unsigned names) {
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

QUIPU_DECL void json_printer::print_parts(const schema_node& node, unsigned depth, unsigned names) {
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

QUIPU_DECL void json_printer::print_variant(const schema_node& node, unsigned depth, unsigned names) {
  const auto index = get<std::uint8_t>();
  if (index >= node.child_count) fail("a variant's index without an alternative");
  out_.append("{\"index\":");
  append_number(unsigned{index});
  out_.append(",\"value\":");
  print_value(table_.child(node, index).node, depth, names);
  out_.push_back('}');
}

QUIPU_DECL void json_printer::print_opaque(const schema_node& node) {
  out_.append("{\"opaque\":");
  append_json_string(out_, node.name);
  out_.append(",\"bytes\":");
  append_hex(take(get_size(1)));
  out_.push_back('}');
}

QUIPU_DECL void json_printer::print_value(std::uint32_t index, unsigned depth, unsigned names) {
  step();
  if (++depth > depth_cap) fail("it is nested too deep");
  const schema_node& node = table_.node(index);
  if (print_enumerator(node)) return;
  switch (node.kind) {
    case schema_kind::boolean: {
      const auto value = get<std::uint8_t>();
      if (value > 1) fail("a truth value other than 0 and 1");
      out_.append(value == 1 ? "true" : "false");
      break;
    }
    case schema_kind::unsigned_integer:
    case schema_kind::signed_integer:
      print_integer(node);
      break;
    case schema_kind::byte:
      append_number(unsigned{get<std::uint8_t>()});
      break;
    case schema_kind::floating:
      if (node.size == 4)
        append_floating(get<float>());
      else
        append_floating(get<double>());
      break;
    case schema_kind::character:
      append_json_string(out_, take(1).text());
      break;
    case schema_kind::string:
      append_json_string(out_, take(get_size(1)).text());
      break;
    case schema_kind::list:
    case schema_kind::set:
    case schema_kind::fixed_list:
      print_list(node, depth, names);
      break;
    case schema_kind::optional: {
      const auto present = get<std::uint8_t>();
      if (present > 1) fail("an optional value's mark other than 0 and 1");
      if (present == 1)
        print_value(table_.child(node, 0).node, depth, names);
      else
        out_.append("null");
      break;
    }
    case schema_kind::variant:
      print_variant(node, depth, names);
      break;
    case schema_kind::tuple:
    case schema_kind::record:
      print_parts(node, depth, names);
      break;
    case schema_kind::map:
    case schema_kind::multimap:
      print_map(node, depth, names);
      break;
    case schema_kind::named:
      if (names >= depth_limit) fail("it is nested too deep");
      print_value(table_.child(node, 0).node, depth, names + 1);
      break;
    case schema_kind::opaque:
      print_opaque(node);
      break;
  }
}

}  // namespace quipu::detail

namespace quipu {

QUIPU_DECL std::string schema_to_json(std::string_view schema_text, bytes_view payload) {
  const detail::schema_table table{schema_text};
  return detail::json_printer{table, payload}.print();
}

}  // namespace quipu
