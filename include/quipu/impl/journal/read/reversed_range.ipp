// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.ipp: see journal/read/reversed_range.hpp.
#pragma once

#include "../../../journal/read/range_reader.hpp"
#include "../../../journal/read/reversed_range.hpp"

#include <memory>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL reversed_range::iterator reversed_range::begin() const {
  return iterator{std::make_unique<detail::backward_range_reader>(from_)};
}

}  // namespace quipu::inline QUIPU_MODE
