// SPDX-License-Identifier: BSL-1.0
//
// json.cpp: see json.hpp.
#include "json.hpp"

#include "text.hpp"

#include <quipu.hpp>

#include <charconv>

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
  // The library writes a byte that is not UTF-8 as a lone low surrogate.
  if (point >= 0xDC80 && point <= 0xDCFF) {
    out.push_back(static_cast<char>(point - 0xDC00));
  } else if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | point >> 6));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | point >> 12));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
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
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] != '\\' || at + 1 == json.size()) {
      out.push_back(json[at]);
      continue;
    }
    const char letter = json[++at];
    static constexpr std::string_view names = "nrtbf";
    static constexpr std::string_view values = "\n\r\t\b\f";
    if (const std::size_t which = names.find(letter); which != std::string_view::npos) {
      out.push_back(values[which]);
    } else if (letter == 'u' && at + 4 < json.size()) {
      unsigned point = 0;
      std::from_chars(json.data() + at + 1, json.data() + at + 5, point, 16);
      append_code_point(out, point);
      at += 4;
    } else {
      out.push_back(letter);
    }
  }
  return out;
}

std::string indented(std::string_view json, std::size_t columns) {
  std::string out;
  append_indented(out, json, 0, columns);
  return out;
}

}  // namespace quipu::tool
