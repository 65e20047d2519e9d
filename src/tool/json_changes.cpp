// SPDX-License-Identifier: BSL-1.0
//
// json_changes.cpp: see json_changes.hpp.
#include "json_changes.hpp"

#include "json.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

struct change {
  std::string path;
  std::string_view before, after;  ///< empty for what is not there
};

bool is_container(std::string_view json) { return json.size() >= 2 && (json.front() == '{' || json.front() == '['); }

void compare(const std::string& path, std::string_view before, std::string_view after, std::vector<change>& found) {
  if (before == after) return;
  if (!is_container(before) || !is_container(after) || before.front() != after.front()) {
    found.push_back({path, before, after});
    return;
  }
  const bool is_object = before.front() == '{';
  const auto old = parts_of(before);
  const auto now = parts_of(after);
  const auto path_of = [&](std::string_view name) {
    return is_object ? path + "." + json_text(name) : fmt::format("{}[{}]", path, name);
  };
  for (const auto& [name, value] : old) compare(path_of(name), value, part_named(now, name), found);
  for (const auto& [name, value] : now)
    if (part_named(old, name).empty()) found.push_back({path_of(name), {}, value});
}

std::vector<change> changes_between(std::string_view before, std::string_view after) {
  std::vector<change> found;
  compare("", before, after, found);
  return found;
}

}  // namespace

std::vector<std::string> changes_text(std::string_view before, std::string_view after) {
  std::vector<std::string> lines;
  for (const change& each : changes_between(before, after)) {
    if (each.before.empty())
      lines.push_back(fmt::format("{}: added {}", each.path, each.after));
    else if (each.after.empty())
      lines.push_back(fmt::format("{}: removed {}", each.path, each.before));
    else
      lines.push_back(fmt::format("{}: {} → {}", each.path, each.before, each.after));
  }
  if (lines.empty()) lines.push_back(": unchanged");
  return lines;
}

std::string changes_json(std::string_view before, std::string_view after) {
  json_object changed;
  for (const change& each : changes_between(before, after))
    changed.add_json(each.path, each.after.empty() ? "null" : each.after);
  return changed.str();
}

}  // namespace quipu::tool
