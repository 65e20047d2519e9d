// SPDX-License-Identifier: BSL-1.0
//
// byte_io.ipp: see core/byte_io.hpp.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"

#include <cstddef>

namespace quipu {

QUIPU_DECL std::byte* byte_writer::extend(std::size_t count) {
  const std::size_t end = buffer_->size();
  buffer_->resize(end + count);
  return buffer_->data() + end;
}

}  // namespace quipu
