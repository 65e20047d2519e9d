// SPDX-License-Identifier: BSL-1.0
//
// json.hpp: JSON objects and arrays as text.
#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

[[nodiscard]] std::string json_string(std::string_view text);

class json_array {
 public:
  json_array& add(std::string_view json);
  json_array& add_text(std::string_view text) { return add(json_string(text)); }
  [[nodiscard]] std::string str() const { return "[" + items_ + "]"; }

 private:
  std::string items_;
};

class json_object {
 public:
  json_object& add(std::string_view name, std::string_view text) { return add_json(name, json_string(text)); }
  json_object& add(std::string_view name, const char* text) { return add(name, std::string_view{text}); }
  json_object& add(std::string_view name, std::same_as<bool> auto value) {
    return add_json(name, value ? "true" : "false");
  }
  json_object& add(std::string_view name, std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    return add_json(name, std::to_string(number));
  }
  /// A value that is JSON already.
  json_object& add_json(std::string_view name, std::string_view json);
  [[nodiscard]] std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

/// A member of an object, or an element of an array, whose name is its position. Names are as they are written, with
/// their quotes.
struct json_part {
  std::string name;
  std::string_view value;
};
/// The parts of an object or array; nothing for other values, and where the text is cut off or has no commas and colons
/// between its values. Refers to the text.
[[nodiscard]] std::vector<json_part> parts_of(std::string_view json);
/// The value of a part; empty if there is none of this name.
[[nodiscard]] std::string_view part_named(const std::vector<json_part>& parts, std::string_view name);
/// The value of an object's member, whose name is given without quotes; empty if there is none.
[[nodiscard]] std::string_view member_of(std::string_view object, std::string_view name);
/// A JSON string that stands for no text.
class json_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// The value of a JSON string; the text itself if it is none. `\uDC80` to `\uDCFF` behind no high surrogate are bytes
/// that are not UTF-8, as the library writes them. Throws `json_error` for other lone surrogates and unknown escapes.
[[nodiscard]] std::string json_text(std::string_view json);
/// JSON over several lines, two spaces for a level. Short objects and arrays stay on one line.
[[nodiscard]] std::string indented(std::string_view json, std::size_t columns);

}  // namespace quipu::tool
