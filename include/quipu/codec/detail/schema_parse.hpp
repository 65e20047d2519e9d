// SPDX-License-Identifier: BSL-1.0
//
// schema_parse.hpp: a schema text, read into a table of nodes once, so that a payload can be walked without its C++
// type. The text may come from anywhere: depth is bounded and nothing is believed. The grammar is in docs/encoding.md.
#pragma once

#include "../../core/error.hpp"
#include "../reflect.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

enum class schema_kind : std::uint8_t {
  boolean,
  unsigned_integer,
  signed_integer,
  floating,
  character,
  byte,
  string,
  list,
  fixed_list,
  optional,
  variant,
  tuple,
  record,
  set,
  map,
  multimap,
  named,   ///< one child: the shape
  opaque,  ///< a name without a shape: a byte count and bytes
};

struct schema_node {
  schema_kind kind{};
  std::uint8_t size{};  ///< bytes of a number
  bool is_enum{};
  bool is_utf8{};               ///< a code unit: lists of these are text
  std::uint32_t first_child{};  ///< index into `schema_table::children`
  std::uint32_t child_count{};
  std::uint64_t length{};            ///< of a fixed list
  std::uint64_t min_size{};          ///< the fewest bytes a value takes, at most `size_cap`
  std::string_view name{};           ///< of a named or opaque type
  std::uint32_t first_enumerator{};  ///< index into `schema_table::enumerators`
  std::uint32_t enumerator_count{};
};

struct schema_child {
  std::uint32_t node;
  std::string_view name;  ///< of a record's field
};

struct schema_enumerator {
  std::uint64_t bits;  ///< the value as it is encoded, without a sign
  std::string_view name;
};

[[noreturn]] void throw_bad_schema(std::string_view why, std::size_t offset);

/// A schema text as nodes, which refer to the text. Throws `errc::decode_failed`, with the offset, for a text that
/// isn't one.
class schema_table {
  using child_list = std::vector<schema_child>;

 public:
  explicit schema_table(std::string_view text);

  [[nodiscard]] std::uint32_t root() const noexcept { return root_; }
  [[nodiscard]] const schema_node& node(std::uint32_t index) const noexcept { return nodes_[index]; }
  [[nodiscard]] const schema_child& child(const schema_node& parent, std::size_t index) const noexcept;
  /// The name that an enumeration's value has, or nothing.
  [[nodiscard]] std::string_view enumerator(const schema_node& enumeration, std::uint64_t bits) const noexcept;

 private:
  static constexpr unsigned depth_cap = 256;
  static constexpr std::uint64_t size_cap = std::uint64_t{1} << 40;

  struct open_name {
    std::string_view name;
    std::uint32_t node;
  };

  struct number_name {
    std::string_view token;
    schema_kind kind;
    std::uint8_t size;
  };

  [[noreturn]] void fail(std::string_view why) const { throw_bad_schema(why, position_); }

  [[nodiscard]] char peek() const noexcept { return position_ < text_.size() ? text_[position_] : '\0'; }
  [[nodiscard]] bool accept(std::string_view token) noexcept;
  void expect(std::string_view token);
  [[nodiscard]] std::string_view take_word() noexcept;
  /// `greatest` is at least 9.
  [[nodiscard]] std::uint64_t take_number(std::uint64_t greatest = ~std::uint64_t{0});

  std::uint32_t add(schema_node node, const child_list& children = {});

  [[nodiscard]] std::uint64_t sum_min_sizes(const child_list& children) const noexcept;

  std::uint32_t add_number(std::string_view token);

  schema_enumerator parse_enumerator(unsigned size);

  std::uint32_t add_enumeration();

  std::uint32_t add_duration(schema_kind kind);

  child_list parse_list(std::string_view close, unsigned depth);

  std::uint32_t parse_set(unsigned depth);

  /// After the opening brace.
  std::uint32_t parse_map(schema_kind kind, unsigned depth);

  /// After the opening brace. A word and a colon start a record, but for `enum:`, which no field can be called.
  std::uint32_t parse_braces(unsigned depth);

  std::uint32_t parse_brackets(unsigned depth);

  [[nodiscard]] bool at_type() const noexcept;

  std::uint32_t parse_named(unsigned depth);

  std::uint32_t parse_word(unsigned depth);

  std::uint32_t parse_type(unsigned depth);

  std::string_view text_;
  std::size_t position_{};
  std::uint32_t root_{};
  std::vector<schema_node> nodes_;
  child_list children_;
  std::vector<schema_enumerator> enumerators_;
  std::vector<open_name> open_names_;
};

}  // namespace quipu::detail
