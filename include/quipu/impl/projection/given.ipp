// SPDX-License-Identifier: BSL-1.0
//
// given.ipp: see projection/given.hpp.
#pragma once

#include "../../codec/codec.hpp"
#include "../../codec/schema_json.hpp"
#include "../../codec/schema_text.hpp"
#include "../../core/detail/type_name.hpp"
#include "../../projection/decider.hpp"
#include "../../projection/fold.hpp"
#include "../../projection/given.hpp"

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace quipu::detail {

QUIPU_DECL std::string show_value(std::string_view name, std::string_view schema, const bytes& encoded) {
  std::string shown{name};
  shown.append(" ").append(schema_to_json(schema, encoded));
  return shown;
}

QUIPU_DECL void expected_error::describe(std::string& said) const {
  said.append("    error ").append(kind.str());
  if (!message.empty()) said.append(": ").append(message.view());
  said.append("\n");
}

}  // namespace quipu::detail
