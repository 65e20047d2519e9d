// SPDX-License-Identifier: BSL-1.0
//
// schema_parse.ipp: see codec/detail/schema_parse.hpp.
#pragma once

#include "../../../codec/detail/schema_parse.hpp"
#include "../../../codec/reflect.hpp"
#include "../../../core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

QUIPU_DECL void throw_bad_schema(std::string_view why, std::size_t offset) {
  throw error{errc::decode_failed, "a schema text that can't be read: " + std::string{why}, {.offset = offset}};
}

QUIPU_DECL schema_table::schema_table(std::string_view text) : text_{text} {
  root_ = parse_type(0);
  if (position_ != text_.size()) fail("something follows the type");
}

QUIPU_DECL const schema_child& schema_table::child(const schema_node& parent, std::size_t index) const noexcept {
  return children_[parent.first_child + index];
}

QUIPU_DECL std::string_view schema_table::enumerator(const schema_node& enumeration,
                                                     std::uint64_t bits) const noexcept {
  const auto first = enumerators_.begin() + enumeration.first_enumerator;
  const auto last = first + enumeration.enumerator_count;
  const auto found = std::lower_bound(
      first, last, bits, [](const schema_enumerator& each, std::uint64_t wanted) { return each.bits < wanted; });
  return found != last && found->bits == bits ? found->name : std::string_view{};
}

QUIPU_DECL bool schema_table::accept(std::string_view token) noexcept {
  if (text_.substr(position_, token.size()) != token) return false;
  position_ += token.size();
  return true;
}

QUIPU_DECL void schema_table::expect(std::string_view token) {
  if (!accept(token)) fail("expected '" + std::string{token} + "'");
}

QUIPU_DECL std::string_view schema_table::take_word() noexcept {
  const std::size_t start = position_;
  while (position_ < text_.size() && is_identifier_character(text_[position_])) ++position_;
  return text_.substr(start, position_ - start);
}

QUIPU_DECL std::uint64_t schema_table::take_number(std::uint64_t greatest) {
  std::uint64_t number = 0;
  const std::size_t start = position_;
  for (; peek() >= '0' && peek() <= '9'; ++position_) {
    const auto digit = static_cast<std::uint64_t>(peek() - '0');
    if (number > (greatest - digit) / 10) fail("a number that is too large");
    number = number * 10 + digit;
  }
  if (position_ == start) fail("expected a number");
  return number;
}

QUIPU_DECL std::uint32_t schema_table::add(schema_node node, const child_list& children) {
  node.first_child = static_cast<std::uint32_t>(children_.size());
  node.child_count = static_cast<std::uint32_t>(children.size());
  children_.insert(children_.end(), children.begin(), children.end());
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

QUIPU_DECL std::uint64_t schema_table::sum_min_sizes(const child_list& children) const noexcept {
  std::uint64_t total = 0;
  for (const schema_child& child : children) total += nodes_[child.node].min_size;
  return total < size_cap ? total : size_cap;
}

QUIPU_DECL std::uint32_t schema_table::add_number(std::string_view token) {
  static constexpr number_name names[] = {
      {"bool", schema_kind::boolean, 1},         {"i8", schema_kind::signed_integer, 1},
      {"i16", schema_kind::signed_integer, 2},   {"i32", schema_kind::signed_integer, 4},
      {"i64", schema_kind::signed_integer, 8},   {"u8", schema_kind::unsigned_integer, 1},
      {"u16", schema_kind::unsigned_integer, 2}, {"u32", schema_kind::unsigned_integer, 4},
      {"u64", schema_kind::unsigned_integer, 8}, {"f32", schema_kind::floating, 4},
      {"f64", schema_kind::floating, 8},         {"char", schema_kind::character, 1},
      {"c8", schema_kind::unsigned_integer, 1},  {"c16", schema_kind::unsigned_integer, 2},
      {"c32", schema_kind::unsigned_integer, 4}, {"byte", schema_kind::byte, 1},
      {"time", schema_kind::signed_integer, 8},  {"steady", schema_kind::signed_integer, 8},
  };
  for (const number_name& known : names) {
    if (known.token == token)
      return add({.kind = known.kind, .size = known.size, .is_utf8 = token == "c8", .min_size = known.size});
  }
  fail("an unknown type");
}

QUIPU_DECL schema_enumerator schema_table::parse_enumerator(unsigned size) {
  const std::string_view name = take_word();
  if (name.empty()) fail("expected an enumerator's name");
  expect("=");
  const bool is_negative = accept("-");
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * size);
  const std::uint64_t value = take_number(mask);
  return {(is_negative ? ~value + 1 : value) & mask, name};
}

QUIPU_DECL std::uint32_t schema_table::add_enumeration() {
  const std::uint32_t number = add_number(take_word());
  schema_node& added = nodes_[number];
  added.is_enum = true;
  added.first_enumerator = static_cast<std::uint32_t>(enumerators_.size());
  if (!accept("{")) return number;
  if (added.kind == schema_kind::floating) fail("an enumeration of floating-point numbers");
  do enumerators_.push_back(parse_enumerator(added.size));
  while (accept(","));
  expect("}");
  added.enumerator_count = static_cast<std::uint32_t>(enumerators_.size() - added.first_enumerator);
  // Of names for one value the first in the text comes first.
  std::sort(enumerators_.begin() + added.first_enumerator, enumerators_.end(),
            [](const schema_enumerator& left, const schema_enumerator& right) {
              return std::pair{left.bits, left.name.data()} < std::pair{right.bits, right.name.data()};
            });
  return number;
}

QUIPU_DECL std::uint32_t schema_table::add_duration(schema_kind kind) {
  expect("<");
  static_cast<void>(take_number());
  expect("/");
  static_cast<void>(take_number());
  expect(">");
  return add({.kind = kind, .size = 8, .min_size = 8});
}

QUIPU_DECL schema_table::child_list schema_table::parse_list(std::string_view close, unsigned depth) {
  child_list children;
  if (accept(close)) return children;
  do children.push_back({parse_type(depth), {}});
  while (accept(","));
  expect(close);
  return children;
}

QUIPU_DECL std::uint32_t schema_table::parse_set(unsigned depth) {
  expect("<");
  child_list children{{parse_type(depth), {}}};
  expect(">");
  static_cast<void>(accept("!"));
  return add({.kind = schema_kind::set, .min_size = 4}, children);
}

QUIPU_DECL std::uint32_t schema_table::parse_map(schema_kind kind, unsigned depth) {
  child_list children{{parse_type(depth), {}}};
  expect("=>");
  children.push_back({parse_type(depth), {}});
  expect("}");
  static_cast<void>(accept("!"));
  return add({.kind = kind, .min_size = 4}, children);
}

QUIPU_DECL std::uint32_t schema_table::parse_braces(unsigned depth) {
  const std::size_t start = position_;
  const std::string_view word = take_word();
  const bool is_record = (!word.empty() && peek() == ':' && word != "enum") || (word.empty() && peek() == '}');
  position_ = start;
  if (!is_record) return parse_map(schema_kind::map, depth);
  child_list children;
  if (!accept("}")) {
    do {
      const std::string_view name = take_word();
      if (name.empty()) fail("expected a field's name");
      expect(":");
      children.push_back({parse_type(depth), name});
    } while (accept(","));
    expect("}");
  }
  return add({.kind = schema_kind::record, .min_size = sum_min_sizes(children)}, children);
}

QUIPU_DECL std::uint32_t schema_table::parse_brackets(unsigned depth) {
  const child_list children{{parse_type(depth), {}}};
  if (accept("]")) return add({.kind = schema_kind::list, .min_size = 4}, children);
  expect(";");
  const std::uint64_t length = take_number();
  expect("]");
  const std::uint64_t element = nodes_[children[0].node].min_size;
  const std::uint64_t min_size = element != 0 && length > size_cap / element ? size_cap : element * length;
  return add({.kind = schema_kind::fixed_list, .length = length, .min_size = min_size}, children);
}

QUIPU_DECL bool schema_table::at_type() const noexcept {
  const char next = peek();
  return next != '\0' &&
         (is_identifier_character(next) || std::string_view{"[?<({\""}.find(next) != std::string_view::npos);
}

QUIPU_DECL std::uint32_t schema_table::parse_named(unsigned depth) {
  const std::size_t end = text_.find('"', position_);
  if (end == std::string_view::npos || end == position_) fail("a name without an end");
  const std::string_view name = text_.substr(position_, end - position_);
  position_ = end + 1;
  if (!at_type()) {
    for (std::size_t index = open_names_.size(); index-- > 0;) {
      // A name that is being described: it stands for what it is a part of, which takes at least a byte.
      if (open_names_[index].name == name) {
        return add({.kind = schema_kind::named, .min_size = 1, .name = name}, {{open_names_[index].node, {}}});
      }
    }
    return add({.kind = schema_kind::opaque, .min_size = 4, .name = name});
  }
  // The node comes before its shape, for the shape to refer to.
  const std::uint32_t self = add({.kind = schema_kind::named, .min_size = 1, .name = name}, {{0, {}}});
  open_names_.push_back({name, self});
  const std::uint32_t shape_node = parse_type(depth);
  open_names_.pop_back();
  children_[nodes_[self].first_child].node = shape_node;
  nodes_[self].min_size = nodes_[shape_node].min_size;
  return self;
}

QUIPU_DECL std::uint32_t schema_table::parse_word(unsigned depth) {
  const std::string_view word = take_word();
  if (word == "str") return add({.kind = schema_kind::string, .min_size = 4});
  if (word == "enum") {
    expect(":");
    return add_enumeration();
  }
  if (word == "dur") return add_duration(schema_kind::signed_integer);
  if (word == "fdur") return add_duration(schema_kind::floating);
  if (word == "set" || word == "multiset" || word == "hashset" || word == "hashmultiset") return parse_set(depth);
  if (word == "hashmap") {
    expect("{");
    return parse_map(schema_kind::map, depth);
  }
  if (word == "multimap" || word == "hashmultimap") {
    expect("{");
    return parse_map(schema_kind::multimap, depth);
  }
  return add_number(word);
}

QUIPU_DECL std::uint32_t schema_table::parse_type(unsigned depth) {
  if (depth > depth_cap) fail("types nested too deep");
  const unsigned inner = depth + 1;
  if (accept("[")) return parse_brackets(inner);
  if (accept("{")) return parse_braces(inner);
  if (accept("?")) {
    const child_list children{{parse_type(inner), {}}};
    return add({.kind = schema_kind::optional, .min_size = 1}, children);
  }
  if (accept("<")) {
    const child_list children = parse_list(">", inner);
    return add({.kind = schema_kind::variant, .min_size = 1}, children);
  }
  if (accept("(")) {
    const child_list children = parse_list(")", inner);
    return add({.kind = schema_kind::tuple, .min_size = sum_min_sizes(children)}, children);
  }
  if (accept("\"")) return parse_named(inner);
  return parse_word(inner);
}

}  // namespace quipu::detail
