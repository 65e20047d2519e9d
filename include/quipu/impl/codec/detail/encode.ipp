// SPDX-License-Identifier: BSL-1.0
//
// encode.ipp: see codec/detail/encode.hpp.
#pragma once

#include "../../../codec/detail/encode.hpp"
#include "../../../codec/detail/size.hpp"
#include "../../../codec/detail/time.hpp"
#include "../../../codec/schema.hpp"
#include "../../../core/byte_io.hpp"
#include "../../../core/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quipu::detail {

QUIPU_DECL void throw_encode_failed(const char* why) { throw error{errc::encode_failed, why}; }

}  // namespace quipu::detail
