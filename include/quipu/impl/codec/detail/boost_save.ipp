// SPDX-License-Identifier: BSL-1.0
//
// boost_save.ipp: see codec/detail/boost_save.hpp.
#pragma once

#include "../../../codec/detail/boost_part.hpp"
#include "../../../codec/detail/boost_save.hpp"
#include "../../../codec/detail/encode.hpp"
#include "../../../core/byte_io.hpp"

#include <boost/mpl/bool.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/traits.hpp>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <variant>

namespace quipu::detail {

QUIPU_DECL void nest_for_saving(unsigned& depth) {
  if (depth >= depth_limit) throw_encode_failed("a recursive value nested more than 64 deep");
  ++depth;
}

}  // namespace quipu::detail
