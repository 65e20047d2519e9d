// SPDX-License-Identifier: BSL-1.0
//
// denial.ipp: see guard/denial.hpp.
#pragma once

#include "../../guard/denial.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../outcome/text.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

QUIPU_DECL std::string denial::str() const {
  std::string shown = gate_.str();
  shown.append(": ").append(message_.view());
  if (!code_.empty()) shown.append(" (").append(code_.view()).append(")");
  for (const particular& each : context_)
    shown.append(" [").append(each.name.view()).append("=").append(each.value.view()).append("]");
  return shown;
}

}  // namespace quipu
