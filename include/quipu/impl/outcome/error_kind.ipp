// SPDX-License-Identifier: BSL-1.0
//
// error_kind.ipp: see outcome/error_kind.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../outcome/error_kind.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quipu {

QUIPU_DECL std::string error_kind::str() const {
  std::string shown{name()};
  if (is_custom()) shown.append("(").append(std::to_string(custom_number())).append(")");
  return shown;
}

}  // namespace quipu
