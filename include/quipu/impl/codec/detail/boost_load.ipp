// SPDX-License-Identifier: BSL-1.0
//
// boost_load.ipp: see codec/detail/boost_load.hpp.
#pragma once

#include "../../../codec/detail/boost_load.hpp"
#include "../../../codec/detail/boost_part.hpp"
#include "../../../codec/detail/decode.hpp"
#include "../../../core/byte_io.hpp"

#include <boost/mpl/bool.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/traits.hpp>
#include <cstddef>
#include <cstdint>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu::detail {

QUIPU_DECL void loading_archive::require(bool holds) {
  if (!holds) throw load_failure{};
}

QUIPU_DECL std::uint8_t loading_archive::get_byte() {
  std::uint8_t value = 0;
  require(reader_->get(value));
  return value;
}

QUIPU_DECL bool loading_archive::get_flag() {
  const std::uint8_t value = get_byte();
  require(value <= 1);
  return value == 1;
}

QUIPU_DECL std::size_t loading_archive::get_count() {
  std::size_t count = 0;
  require(detail::get_count(*reader_, 1, count));
  return count;
}

QUIPU_DECL void loading_archive::nest() {
  require(depth_ < depth_limit);
  ++depth_;
}

}  // namespace quipu::detail
