// SPDX-License-Identifier: BSL-1.0
//
// coordinate.ipp: see coordinate/coordinate.hpp.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../core/error.hpp"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace quipu {

QUIPU_DECL coordinate::coordinate(std::string entity, std::string scope)
    : entity_{std::move(entity)}, scope_{std::move(scope)} {
  check("entity", entity_);
  check("scope", scope_);
}

QUIPU_DECL void coordinate::check(const char* part, std::string_view text) {
  if (is_name(text)) return;
  if (text.empty()) throw error{errc::invalid_coordinate, std::string{"the "} + part + " is empty"};
  if (text.size() > max_part_bytes)
    throw error{errc::invalid_coordinate,
                std::string{"the "} + part + " is longer than 1,024 bytes",
                {.expected = max_part_bytes, .actual = text.size()}};
  throw error{errc::invalid_coordinate, std::string{"the "} + part + " contains a NUL"};
}

}  // namespace quipu
