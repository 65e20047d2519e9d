// SPDX-License-Identifier: BSL-1.0
//
// fuzzer.cpp: the targets for clang's libFuzzer. The environment's QUIPU_FUZZ_TARGET names the target; the first
// argument is a folder for its inputs, which gets the sound ones.
#include "fuzz_targets.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

const torture::fuzz_target& chosen_target() {
  const char* const wanted = std::getenv("QUIPU_FUZZ_TARGET");
  for (const torture::fuzz_target& each : torture::fuzz_targets())
    if (wanted != nullptr && each.name == wanted) return each;
  std::cerr << "QUIPU_FUZZ_TARGET names no target. There are:\n";
  for (const torture::fuzz_target& each : torture::fuzz_targets())
    std::cerr << each.name << ": " << each.description << '\n';
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  if (*count < 2 || (*arguments)[1][0] == '-') return 0;
  const std::filesystem::path folder{(*arguments)[1]};
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const quipu::bytes& seed : chosen_target().seeds())
    std::ofstream{folder / ("seed-" + std::to_string(number++)), std::ios::binary} << quipu::bytes_view{seed}.text();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const torture::fuzz_target& target = chosen_target();
  torture::run_target(target, {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
