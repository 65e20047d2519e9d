// SPDX-License-Identifier: BSL-1.0
//
// type_list.hpp: types as one type.
#pragma once

#include <cstddef>

namespace quipu::detail {

template <class... Types>
struct type_list {
  static constexpr std::size_t size = sizeof...(Types);
};

}  // namespace quipu::detail
