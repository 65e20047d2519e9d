// SPDX-License-Identifier: BSL-1.0
//
// json.cpp: one struct to JSON and back.
#include <nlohmann/json.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct deposited {
  std::int64_t cents{};
  std::string memo{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(deposited, cents, memo)

int main() {
  const nlohmann::json text = deposited{500, "first"};
  std::cout << text.dump() << nlohmann::json::parse(text.dump()).get<deposited>().cents << '\n';
}
