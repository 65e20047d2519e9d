// SPDX-License-Identifier: BSL-1.0
//
// text.ipp: see outcome/text.hpp.
#pragma once

#include "../../codec/schema.hpp"
#include "../../core/byte_io.hpp"
#include "../../core/error.hpp"
#include "../../outcome/text.hpp"

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

QUIPU_DECL std::string text::str() const { return std::string{view()}; }

}  // namespace quipu
