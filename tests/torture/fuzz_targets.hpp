// SPDX-License-Identifier: BSL-1.0
//
// fuzz_targets.hpp: what is fuzzed: everything that reads bytes from a file. A target takes any bytes. It may throw
// `quipu::error`; anything else is a finding, and so is what a sanitizer sees.
#pragma once

#include <quipu/core/bytes.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace torture {

struct fuzz_target {
  std::string_view name;
  std::string_view description;
  void (*run)(quipu::bytes_view input);
  std::vector<quipu::bytes> (*seeds)();  ///< sound inputs, from which others are made
};

[[nodiscard]] std::span<const fuzz_target> fuzz_targets();

/// Runs a target; a `quipu::error` is in order.
void run_target(const fuzz_target& which, quipu::bytes_view input);

}  // namespace torture
