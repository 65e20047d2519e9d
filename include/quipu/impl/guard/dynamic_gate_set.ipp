// SPDX-License-Identifier: BSL-1.0
//
// dynamic_gate_set.ipp: see guard/dynamic_gate_set.hpp.
#pragma once

#include "../../guard/dynamic_gate_set.hpp"

#include <atomic>
#include <cstdint>

namespace quipu::detail {

QUIPU_DECL std::uint64_t next_gate_set_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace quipu::detail
