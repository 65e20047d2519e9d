// SPDX-License-Identifier: BSL-1.0
//
// json_changes.hpp: what differs between two JSON values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

/// A line for each value that differs: `.cents: 500 → 380`, `.lines[2]: added {…}`. Elements of arrays are compared by
/// their places.
[[nodiscard]] std::vector<std::string> changes_text(std::string_view before, std::string_view after);
/// The same as one object from paths to new values; null for what is gone.
[[nodiscard]] std::string changes_json(std::string_view before, std::string_view after);

}  // namespace quipu::tool
