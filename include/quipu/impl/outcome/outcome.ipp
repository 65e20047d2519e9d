// SPDX-License-Identifier: BSL-1.0
//
// outcome.ipp: see outcome/outcome.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../outcome/outcome.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../outcome/text.hpp"
#include "../../outcome/wait_condition.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>  // and with it std::construct_at, without the price of <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::detail {

QUIPU_DECL void throw_wrong_state(std::string_view wanted, outcome_state found) {
  throw error{errc::invalid_argument,
              std::string{"an outcome was asked for its "}.append(wanted).append(", but is ").append(name_of(found))};
}

}  // namespace quipu::detail
