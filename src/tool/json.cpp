// SPDX-License-Identifier: BSL-1.0
//
// json.cpp: see json.hpp.
#include "json.hpp"

#include "text.hpp"

#include <quipu.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace quipu::tool {
namespace {

/// The position behind the value that begins at `at`; `npos` where the text ends within it.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < json.size(); ++at) {
    const char letter = json[at];
    if (in_string) {
      if (letter == '\\')
        ++at;
      else if (letter == '"' && (in_string = false, depth == 0))
        return at + 1;
    } else if (letter == '"') {
      in_string = true;
    } else if (letter == '{' || letter == '[') {
      ++depth;
    } else if (letter == '}' || letter == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if ((letter == ',' || letter == ':') && depth == 0) {
      return at;
    }
  }
  return depth == 0 && !in_string ? json.size() : std::string_view::npos;
}

void append_code_point(std::string& out, char32_t point) {
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | point >> 6));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | point >> 12));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | point >> 18));
    out.push_back(static_cast<char>(0x80 | (point >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
}

bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Takes `u` and four hexadecimal digits.
std::optional<char32_t> take_unit(std::string_view& json) {
  static constexpr std::size_t size = 5;
  if (json.size() < size || json.front() != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  const auto [stop, problem] = std::from_chars(json.data() + 1, json.data() + size, unit, 16);
  if (problem != std::errc{} || stop != json.data() + size) return std::nullopt;
  json.remove_prefix(size);
  return unit;
}

/// Takes what stands behind a backslash, and appends what it means. Returns whether it means anything.
bool take_escape(std::string_view& json, std::string& out) {
  static constexpr std::string_view names = "\"\\/nrtbf";
  static constexpr std::string_view values = "\"\\/\n\r\t\b\f";
  if (json.empty()) return false;
  if (const std::size_t which = names.find(json.front()); which != std::string_view::npos) {
    out.push_back(values[which]);
    json.remove_prefix(1);
    return true;
  }
  const auto unit = take_unit(json);
  if (!unit) return false;
  if (is_high_surrogate(*unit)) {
    if (!json.starts_with('\\')) return false;
    json.remove_prefix(1);
    const auto low = take_unit(json);
    if (!low || !is_low_surrogate(*low)) return false;
    append_code_point(out, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
  } else if (is_low_surrogate(*unit)) {
    // The library writes a byte that is not UTF-8 as a lone low surrogate.
    if (*unit < 0xDC80 || *unit > 0xDCFF) return false;
    out.push_back(static_cast<char>(*unit - 0xDC00));
  } else {
    append_code_point(out, *unit);
  }
  return true;
}

void append_indented(std::string& out, std::string_view json, std::size_t level, std::size_t columns) {
  const bool is_container = json.size() > 2 && (json.front() == '{' || json.front() == '[');
  if (!is_container || columns_of(json) + 2 * level <= columns) {
    out.append(json);
    return;
  }
  const std::string margin(2 * (level + 1), ' ');
  out.push_back(json.front());
  bool is_first = true;
  for (const json_part& each : parts_of(json)) {
    out.append(is_first ? "\n" : ",\n").append(margin);
    if (json.front() == '{') out.append(each.name).append(": ");
    append_indented(out, each.value, level + 1, columns);
    is_first = false;
  }
  out.append("\n").append(2 * level, ' ').push_back(json.back());
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out;
  quipu::detail::append_json_string(out, text);
  return out;
}

json_array& json_array::add(std::string_view json) {
  if (!items_.empty()) items_.push_back(',');
  items_.append(json);
  return *this;
}

json_object& json_object::add_json(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_.push_back(',');
  members_.append(json_string(name)).append(":").append(json);
  return *this;
}

std::vector<json_part> parts_of(std::string_view json) {
  std::vector<json_part> parts;
  if (json.size() < 2 || (json.front() != '{' && json.front() != '[')) return parts;
  if (end_of_value(json, 0) != json.size()) return parts;
  const bool is_object = json.front() == '{';
  for (std::size_t at = 1; at + 1 < json.size();) {
    std::string name = std::to_string(parts.size());
    if (is_object) {
      const std::size_t colon = end_of_value(json, at);
      if (json[colon] != ':') return {};
      name = json.substr(at, colon - at);
      at = colon + 1;
    }
    const std::size_t end = end_of_value(json, at);
    const bool is_last = end + 1 == json.size();
    if (!is_last && json[end] != ',') return {};
    parts.push_back({std::move(name), json.substr(at, end - at)});
    at = end + 1;
  }
  return parts;
}

std::string_view part_named(const std::vector<json_part>& parts, std::string_view name) {
  for (const json_part& each : parts)
    if (each.name == name) return each.value;
  return {};
}

std::string_view member_of(std::string_view object, std::string_view name) {
  return part_named(parts_of(object), json_string(name));
}

std::string json_text(std::string_view json) {
  if (json.size() < 2 || json.front() != '"') return std::string{json};
  json = json.substr(1, json.size() - 2);
  std::string out;
  while (!json.empty()) {
    const std::size_t plain = std::min(json.find('\\'), json.size());
    out.append(json.substr(0, plain));
    json.remove_prefix(plain);
    if (json.empty()) break;
    const std::string_view escape = json.substr(0, 12);
    json.remove_prefix(1);
    if (!take_escape(json, out)) throw json_error{fmt::format("a text with a part that is no character: {}", escape)};
  }
  return out;
}

std::string indented(std::string_view json, std::size_t columns) {
  std::string out;
  append_indented(out, json, 0, columns);
  return out;
}

}  // namespace quipu::tool
